//! The contract of [`Postings`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::TenantId;
use domain::feed::{Feed, Posting};
use domain::ports::Postings;

/// Receipts after which everything sent must have arrived.
const MOST_RECEIPTS: usize = 20;

/// The whole contract. `receive` takes what has arrived since, as the pusher reads it; it may wait a
/// little for something to arrive.
pub async fn all(queue: &dyn Postings, tenant: &TenantId, receive: impl AsyncFn() -> Vec<Posting>) {
    let logs = |level: &str| Feed::Logs(tenant.clone(), level.to_owned());
    let sent = [
        (Feed::Operators, r#"{"type":"system"}"#.to_owned()),
        (logs("*"), "größe \u{1f600}".to_owned()),
        (logs("Error #1"), "\"\n".repeat(8 * 1_024)),
    ]
    .map(|(feed, text)| Posting { feed, text });
    for posting in &sent {
        queue.send(posting).await.unwrap();
    }
    let mut missing = sent.to_vec();
    for _ in 0..MOST_RECEIPTS {
        if missing.is_empty() {
            break;
        }
        for arrived in receive().await {
            assert!(sent.contains(&arrived), "{arrived:?} was not sent");
            missing.retain(|posting| *posting != arrived);
        }
    }
    assert_eq!(missing, []);
}
