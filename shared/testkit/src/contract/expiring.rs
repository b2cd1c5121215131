//! The contract of [`Expiring`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::Expiring;
use time::{Duration, OffsetDateTime};

use crate::build::NOW;

/// The whole contract. `put` stores an item with this name that expires at this moment, in place of
/// an expired one. Nobody else may use the store meanwhile.
pub async fn all(store: &dyn Expiring, put: impl AsyncFn(&str, OffsetDateTime)) {
    an_item_is_found_from_its_end_on_until_it_is_discarded(store, &put).await;
    what_was_renewed_stays(store, &put).await;
    the_longest_expired_come_first(store, &put).await;
}

/// Not a second earlier, and discarded once.
pub async fn an_item_is_found_from_its_end_on_until_it_is_discarded(
    store: &dyn Expiring,
    put: &impl AsyncFn(&str, OffsetDateTime),
) {
    put("one", NOW).await;
    let before = NOW - Duration::SECOND;
    assert_eq!(store.expired(before, 9).await.unwrap(), []);
    let later = store.expired(NOW + Duration::DAY, 9).await.unwrap();
    let found = store.expired(NOW, 9).await.unwrap();
    assert_eq!((found.len(), &later), (1, &found));
    assert!(!store.discard(&found[0], before).await.unwrap());
    assert!(store.discard(&found[0], NOW).await.unwrap());
    assert!(!store.discard(&found[0], NOW).await.unwrap());
    assert_eq!(store.expired(NOW, 9).await.unwrap(), []);
}

/// It was found expired, and is in use again when its turn comes.
pub async fn what_was_renewed_stays(
    store: &dyn Expiring,
    put: &impl AsyncFn(&str, OffsetDateTime),
) {
    put("renewed", NOW).await;
    let found = store.expired(NOW, 9).await.unwrap();
    let end = NOW + Duration::DAY;
    put("renewed", end).await;
    assert!(!store.discard(&found[0], NOW).await.unwrap());
    assert_eq!(store.expired(NOW, 9).await.unwrap(), []);
    assert_eq!(store.expired(end, 9).await.unwrap(), found);
    assert!(store.discard(&found[0], end).await.unwrap());
}

/// And no more of them than asked for.
pub async fn the_longest_expired_come_first(
    store: &dyn Expiring,
    put: &impl AsyncFn(&str, OffsetDateTime),
) {
    for minutes in [3, 0, 4, 1, 2] {
        let name = format!("after-{minutes}");
        put(&name, NOW + Duration::minutes(minutes)).await;
    }
    let end = NOW + Duration::HOUR;
    let all = store.expired(end, 9).await.unwrap();
    assert_eq!(all.len(), 5);
    assert_eq!(store.expired(end, 3).await.unwrap(), all[..3]);
    assert_eq!(store.expired(end, 0).await.unwrap(), []);
    let first = NOW + Duration::minutes(1);
    assert_eq!(store.expired(first, 9).await.unwrap(), all[..2]);
}
