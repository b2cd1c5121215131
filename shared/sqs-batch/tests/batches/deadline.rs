//! What happens when the time is up.

use std::time::Duration;

use sqs_batch::{Batch, Delivery, End, Outcome};
use tokio::time::{Instant, sleep};

use super::{Notes, body, event, failures};

#[tokio::test(start_paused = true)]
async fn what_is_not_done_goes_back_at_once() {
    let records = [
        ("quick", "1", None),
        ("slow", "60", None),
        ("late", "1", None),
    ];
    let handle = |delivery: Delivery<String>| async move {
        sleep(Duration::from_secs(delivery.body.parse().unwrap())).await;
        Outcome::Done
    };
    let notes = Notes::default();
    let deadline = Instant::now() + Duration::from_secs(10);
    let batch = Batch::new(1).hide_by(&notes).until(deadline);
    let report = batch.run(event(false, &records), body, handle).await;
    assert_eq!(Instant::now(), deadline);
    assert_eq!(failures(&report), ["slow", "late"]);
    assert_eq!(report.records[2].end, End::OutOfTime);
    assert_eq!(notes.take().len(), 2);
}
