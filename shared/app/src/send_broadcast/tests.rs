use std::collections::BTreeSet;

use domain::broadcast::{Addressees, Shard};
use idempotency::MemoryStore;
use serde_json::json;
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{Fault, Faults, MemoryBroadcastQueue};

use super::*;

struct Scene {
    caller: Identity,
    send: SendBroadcast,
    queue: Arc<MemoryBroadcastQueue>,
    faults: Faults,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let queue = Arc::new(MemoryBroadcastQueue::new(&faults));
    let send = SendBroadcast {
        queue: queue.clone(),
        keys: Arc::new(MemoryStore::default()),
        clock: Arc::new(FixedClock::at(NOW)),
        entropy: Arc::new(Counting::default()),
    };
    Scene {
        caller: build::identity(&build::tenant()),
        send,
        queue,
        faults,
    }
}

impl Scene {
    async fn run(
        &self,
        notice: Notice,
        tenant: Option<TenantId>,
    ) -> Result<Sent, SendBroadcastError> {
        self.ask(notice, tenant, None).await
    }

    async fn ask(
        &self,
        notice: Notice,
        tenant: Option<TenantId>,
        key: Option<&str>,
    ) -> Result<Sent, SendBroadcastError> {
        let request = BroadcastRequest {
            notice,
            tenant,
            idempotency_key: key.map(|key| IdempotencyKey::new(key).unwrap()),
            trace: None,
        };
        self.send.run(&self.caller, request).await
    }
}

fn message() -> Notice {
    Notice::Message(json!({"text": "hello"}))
}

fn shards(sent: &[(Part, Duration)]) -> BTreeSet<Shard> {
    let shard = |(part, _): &(Part, _)| match part.to {
        Addressees::Shard { shard, after: None } => Some(shard),
        _ => None,
    };
    sent.iter().filter_map(shard).collect()
}

#[tokio::test]
async fn every_shard_gets_the_same_broadcast_at_once() {
    let scene = scene();
    let tenant = Some(build::tenant());
    let told = scene.run(message(), tenant.clone()).await.unwrap();
    let sent = scene.queue.take();
    let count = told.shards;
    assert_eq!((sent.len(), shards(&sent).len()), (count, count));
    for (part, delay) in &sent {
        let broadcast = &part.broadcast;
        assert_eq!((broadcast.at, &broadcast.tenant), (NOW, &tenant));
        assert_eq!(broadcast.id.to_string(), told.broadcast_id);
        assert_eq!((broadcast, *delay), (&sent[0].0.broadcast, Duration::ZERO));
    }
    let other = scene.run(message(), tenant).await.unwrap();
    assert_ne!(other.broadcast_id, told.broadcast_id);
}

#[tokio::test(start_paused = true)]
async fn only_what_was_not_queued_is_sent_again() {
    let scene = scene();
    for nth in [2, 5] {
        scene.faults.on("broadcasts.send", nth, Fault::Unavailable);
    }
    let count = scene.run(message(), None).await.unwrap().shards;
    let sent = scene.queue.take();
    assert_eq!((sent.len(), shards(&sent).len()), (count, count));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_stays_away_is_told() {
    for (fault, sends) in [(Fault::Unavailable, 3), (Fault::Broken, 1)] {
        let scene = scene();
        scene.faults.always("broadcasts.send", fault);
        let refused = scene.run(message(), None).await;
        let all = Shard::all().len();
        assert!(
            matches!(refused, Err(SendBroadcastError::NotQueued { missing, .. }) if missing == all)
        );
        assert_eq!(scene.faults.count("broadcasts.send"), all * sends);
    }
}

#[tokio::test]
async fn a_notice_has_its_limits() {
    let scene = scene();
    let text = |bytes: usize| Notice::Message(json!("x".repeat(bytes - 2)));
    assert!(scene.run(text(MOST_MESSAGE), None).await.is_ok());
    let refused = scene.run(text(MOST_MESSAGE + 1), None).await;
    assert!(matches!(refused, Err(SendBroadcastError::TooLarge { .. })));
    scene.queue.take();
    let bye = |reason: &str, ms| Notice::Reconnect {
        reason: reason.into(),
        within: Duration::milliseconds(ms),
    };
    let long = "x".repeat(201);
    for (notice, field) in [
        (bye("deploy", 999), "reconnect.within_ms"),
        (bye("deploy", 3_600_001), "reconnect.within_ms"),
        (bye("", 1_000), "reconnect.reason"),
        (bye(&long, 1_000), "reconnect.reason"),
    ] {
        match scene.run(notice, None).await {
            Err(SendBroadcastError::Invalid(error)) => assert_eq!(error.field, field),
            other => panic!("{other:?}"),
        }
    }
    assert!(scene.queue.take().is_empty());
    for good in [bye("deploy", 1_000), bye("move", 3_600_000)] {
        assert!(scene.run(good, None).await.is_ok());
    }
}

#[tokio::test]
async fn a_key_stands_for_one_broadcast() {
    let scene = scene();
    let first = scene.ask(message(), None, Some("k")).await.unwrap();
    assert!(!first.replayed);
    let again = scene.ask(message(), None, Some("k")).await.unwrap();
    let replayed = true;
    assert_eq!(
        again,
        Sent {
            replayed,
            ..first.clone()
        }
    );
    assert_eq!(scene.queue.take().len(), first.shards);
    for (notice, tenant) in [
        (Notice::Message(json!("other")), None),
        (message(), Some(build::tenant())),
    ] {
        let reused = scene.ask(notice, tenant, Some("k")).await;
        assert!(matches!(reused, Err(SendBroadcastError::KeyReused)));
    }
    assert!(scene.queue.take().is_empty());
    let other = scene.ask(message(), None, Some("l")).await.unwrap();
    assert_ne!(other.broadcast_id, first.broadcast_id);
}

#[tokio::test]
async fn of_equal_requests_at_once_one_is_sent() {
    let scene = scene();
    let asked = (0..20).map(|_| scene.ask(message(), None, Some("k")));
    let outcomes = futures::future::join_all(asked).await;
    let sent = |outcome: &Result<Sent, _>| outcome.as_ref().is_ok_and(|sent| !sent.replayed);
    assert_eq!(outcomes.iter().filter(|outcome| sent(outcome)).count(), 1);
    assert_eq!(scene.queue.take().len(), Shard::all().len());
}

#[tokio::test(start_paused = true)]
async fn what_was_not_queued_may_be_asked_for_again_with_its_key() {
    let scene = scene();
    scene.faults.on("broadcasts.send", 1, Fault::Broken);
    let failed = scene.ask(message(), None, Some("k")).await;
    assert!(matches!(failed, Err(SendBroadcastError::NotQueued { .. })));
    scene.queue.take();
    let again = scene.ask(message(), None, Some("k")).await.unwrap();
    assert_eq!(scene.queue.take().len(), again.shards);
}

/// A table that is away.
struct Away;

#[async_trait::async_trait]
impl IdempotencyStore for Away {
    async fn acquire(
        &self,
        _: &idempotency::Key,
        _: &idempotency::Claim,
        _: std::time::SystemTime,
    ) -> Result<idempotency::Acquired, idempotency::StoreError> {
        Err(PortError::unavailable("idempotency table", "it is away").into())
    }

    async fn complete(
        &self,
        _: &idempotency::Key,
        _: idempotency::Token,
        _: &str,
    ) -> Result<idempotency::Kept, idempotency::StoreError> {
        Err(PortError::unavailable("idempotency table", "it is away").into())
    }

    async fn release(
        &self,
        _: &idempotency::Key,
        _: idempotency::Token,
    ) -> Result<(), idempotency::StoreError> {
        Ok(())
    }
}

#[tokio::test]
async fn nothing_is_sent_under_a_key_that_cannot_be_looked_up() {
    let mut scene = scene();
    scene.send.keys = Arc::new(Away);
    let refused = scene.ask(message(), None, Some("k")).await;
    assert!(matches!(
        refused,
        Err(SendBroadcastError::NotRemembered(
            PortError::Unavailable { .. }
        ))
    ));
    assert!(scene.queue.take().is_empty());
    assert!(scene.run(message(), None).await.is_ok(), "it needs none");
}
