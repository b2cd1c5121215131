//! The contract of [`Backlog`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::Backlog;

/// The whole contract, of empty queues. `send` puts so many messages into them, spread over all.
pub async fn all(backlog: &dyn Backlog, send: impl AsyncFn(u64)) {
    assert_eq!(backlog.waiting().await.unwrap(), 0);
    send(3).await;
    assert_eq!(backlog.waiting().await.unwrap(), 3);
    send(2).await;
    assert_eq!(backlog.waiting().await.unwrap(), 5);
}
