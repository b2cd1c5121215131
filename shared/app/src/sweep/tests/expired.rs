//! Tickets and idempotency keys that have expired.

use domain::ports::TicketStore as _;
use testkit::build::{self, NOW};
use testkit::memory::Fault;
use time::Duration;

use super::scene::scene;
use crate::sweep::{MOST_EXPIRED, Swept};

#[tokio::test]
async fn what_has_expired_is_removed_each_kind_counted() {
    let scene = scene();
    for name in ["one", "other"] {
        scene.soon_expired(name).await;
    }
    let live = build::ticket("live", NOW + Duration::DAY);
    scene.tickets.issue(&live).await.unwrap();
    assert_eq!(scene.sweep.run().await, Swept::default());
    let swept = scene.run_after(Duration::MINUTE).await;
    let expected = Swept {
        tickets_removed: 2,
        keys_removed: 2,
        ..Swept::default()
    };
    assert_eq!(swept, expected);
    assert_eq!(scene.sweep.run().await, Swept::default());
    let redeemed = scene.tickets.redeem("live", NOW).await.unwrap();
    assert_eq!(redeemed, Some(live.identity));
}

/// It waits for the next run, and stops nothing else.
#[tokio::test]
async fn what_cannot_be_removed_is_next_time() {
    for call in [
        "tickets.expired",
        "tickets.discard",
        "submissions.expired",
        "submissions.discard",
    ] {
        let scene = scene();
        scene.soon_expired("one").await;
        scene.faults.on(call, 1, Fault::Unavailable);
        let swept = scene.run_after(Duration::MINUTE).await;
        let removed = swept.tickets_removed + swept.keys_removed;
        assert_eq!((removed, swept.faults), (1, 1), "{call}");
        let swept = scene.sweep.run().await;
        let removed = swept.tickets_removed + swept.keys_removed;
        assert_eq!((removed, swept.faults), (1, 0), "{call}");
    }
}

#[tokio::test]
async fn what_has_expired_is_removed_a_bounded_number_at_a_time() {
    let scene = scene();
    for n in 0..=MOST_EXPIRED {
        let ticket = build::ticket(&format!("ticket-{n}"), NOW);
        scene.tickets.issue(&ticket).await.unwrap();
    }
    let swept = scene.run_after(Duration::MINUTE).await;
    assert_eq!(swept.tickets_removed, MOST_EXPIRED);
    assert_eq!(scene.sweep.run().await.tickets_removed, 1);
}
