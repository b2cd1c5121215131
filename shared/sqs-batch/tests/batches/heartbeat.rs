//! Holds that are renewed.

use std::cell::Cell;
use std::future::pending;
use std::time::Duration;

use sqs_batch::{Beat, BoxError, Heartbeat, Visibility};
use tokio::time::{Instant, sleep};

use super::Notes;

fn half_a_minute() -> Heartbeat {
    Heartbeat::holding_for(Duration::from_secs(30))
}

#[tokio::test(start_paused = true)]
async fn a_message_stays_hidden_while_work_runs() {
    let notes = Notes::default();
    let work = async {
        sleep(Duration::from_secs(35)).await;
        "result"
    };
    let held = half_a_minute().hide_during(&notes, "r", work).await;
    assert_eq!((held.value, held.missed), ("result", 0));
    // At 0, 10, 20 and 30 seconds.
    let each = ("r".to_owned(), Duration::from_secs(30));
    assert_eq!(notes.take(), vec![each; 4]);
}

#[tokio::test(start_paused = true)]
async fn work_that_is_done_at_once_still_replaces_the_timeout() {
    let notes = Notes::default();
    half_a_minute()
        .hide_during(&notes, "r", sleep(Duration::from_millis(1)))
        .await;
    assert_eq!(notes.take().len(), 1);
}

/// A queue that hangs at first and then refuses.
struct Broken(std::sync::atomic::AtomicU32);

impl Visibility for Broken {
    async fn hide(&self, _: &str, _: Duration) -> Result<(), BoxError> {
        match self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => pending().await,
            _ => Err("refused".into()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn work_goes_on_when_hiding_fails() {
    let queue = Broken(0.into());
    let work = sleep(Duration::from_secs(35));
    let held = half_a_minute().hide_during(&queue, "r", work).await;
    // Hung until 10 seconds; refused at 20 and 30.
    assert_eq!(held.missed, 3);
}

#[tokio::test(start_paused = true)]
async fn work_is_dropped_when_the_hold_is_lost() {
    let beats = Cell::new(0);
    let renew = |length: Duration| {
        assert_eq!(length, Duration::from_secs(30));
        beats.set(beats.get() + 1);
        let lost = beats.get() == 3;
        async move {
            if lost {
                Err("taken over")
            } else {
                Ok(Beat::Held)
            }
        }
    };
    let started = Instant::now();
    let outcome = half_a_minute().during(pending::<()>(), renew).await;
    assert_eq!(outcome, Err("taken over"));
    assert_eq!(started.elapsed(), Duration::from_secs(20));
}

/// Else it could arrive after the message was shown again, and hide it once more.
#[tokio::test(start_paused = true)]
async fn a_renewal_on_its_way_arrives_before_the_work_counts_as_done() {
    let arrived = Cell::new(false);
    let renew = |_| async {
        sleep(Duration::from_secs(2)).await;
        arrived.set(true);
        Ok::<_, ()>(Beat::Held)
    };
    let work = sleep(Duration::from_secs(1));
    half_a_minute().during(work, renew).await.unwrap();
    assert!(arrived.get());
}
