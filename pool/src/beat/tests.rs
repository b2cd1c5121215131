use aws_lambda_events::sqs::SqsMessage;
use testkit::ambient::TokioClock;
use testkit::build::NOW;
use testkit::memory::{Fault, Faults, MemoryHeartbeats};
use tokio::time::sleep;

use super::*;

struct Scene {
    heartbeats: Arc<MemoryHeartbeats>,
    faults: Faults,
    normal: Watched,
    urgent: Watched,
    clock: Arc<TokioClock>,
}

fn watched(at_once: usize) -> Watched {
    Watched {
        tally: Arc::new(Tally::of(at_once)),
        pulse: Arc::default(),
    }
}

impl Scene {
    fn new() -> Self {
        let (clock, faults) = (Arc::new(TokioClock::at(NOW)), Faults::default());
        Self {
            heartbeats: Arc::new(MemoryHeartbeats::new(clock.clone(), &faults)),
            faults,
            normal: watched(2),
            urgent: watched(1),
            clock,
        }
    }

    fn start(&self) -> Beating {
        let beat = Beat {
            heartbeats: self.heartbeats.clone(),
            clock: self.clock.clone(),
            id: PoolId::new("one").unwrap(),
            started_at: NOW,
            queues: [self.normal.clone(), self.urgent.clone()],
        };
        beat.start()
    }

    async fn known(&self) -> Option<Heartbeat> {
        self.heartbeats.all().await.unwrap().pop()
    }
}

fn sent(at: OffsetDateTime) -> SqsMessage {
    let mut message = SqsMessage::default();
    let millis = at.unix_timestamp_nanos() / 1_000_000;
    let attributes = &mut message.attributes;
    attributes.insert("SentTimestamp".into(), millis.to_string());
    message
}

#[tokio::test(start_paused = true)]
async fn a_process_tells_how_both_queues_are_until_its_last_word() {
    let scene = Scene::new();
    let beating = scene.start();
    sleep(Duration::from_millis(1)).await;
    let idle = scene.known().await.unwrap();
    assert_eq!((idle.capacity, idle.running, idle.taken), (3, 0, 0));
    assert_eq!((idle.oldest_wait_ms, idle.full_since), (None, None));

    let urgent_sent = NOW - time::Duration::milliseconds(400);
    let normal_sent = NOW - time::Duration::milliseconds(900);
    let _urgent = scene.urgent.tally.take(&sent(urgent_sent), NOW);
    let _normal = scene.normal.tally.take(&sent(normal_sent), NOW);
    sleep(BEAT_EVERY.unsigned_abs()).await;
    let busy = scene.known().await.unwrap();
    assert_eq!(busy.seen_at, NOW + BEAT_EVERY);
    assert_eq!((busy.started_at, busy.running, busy.taken), (NOW, 2, 2));
    assert_eq!(busy.oldest_wait_ms, Some(900));
    assert_eq!(busy.full_since, Some(urgent_sent), "of the urgent queue");

    beating.end().await;
    assert_eq!(scene.known().await, None);
    sleep(BEAT_EVERY.unsigned_abs() * 3).await;
    assert_eq!(scene.known().await, None, "it keeps silent");
}

#[tokio::test(start_paused = true)]
async fn a_table_that_is_away_for_a_beat_ends_nothing() {
    let scene = Scene::new();
    scene.faults.on("heartbeats.beat", 2, Fault::Unavailable);
    let _beating = scene.start();
    sleep(BEAT_EVERY.unsigned_abs() * 2 + Duration::from_millis(1)).await;
    assert_eq!(scene.faults.count("heartbeats.beat"), 3);
    let known = scene.known().await.unwrap();
    assert_eq!(known.seen_at, NOW + BEAT_EVERY * 2);
}

#[tokio::test(start_paused = true)]
async fn a_last_word_that_nobody_takes_holds_up_nothing() {
    let scene = Scene::new();
    scene.faults.on("heartbeats.forget", 1, Fault::HangBefore);
    let beating = scene.start();
    let before = tokio::time::Instant::now();
    beating.end().await;
    assert_eq!(before.elapsed(), LAST_WORD);
}
