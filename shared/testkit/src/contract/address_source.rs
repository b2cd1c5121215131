//! The contract of [`AddressSource`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::AddressSource;

/// The whole contract. `change` replaces the address by another.
pub async fn all(source: &dyn AddressSource, change: impl AsyncFn(&'static str)) {
    a_change_is_seen_at_once(source, &change).await;
}

/// It stays as it is until it is changed, and then nobody gets the one before.
pub async fn a_change_is_seen_at_once(
    source: &dyn AddressSource,
    change: &impl AsyncFn(&'static str),
) {
    let first = source.read().await.unwrap();
    assert_eq!(source.read().await.unwrap(), first, "it stays as it is");
    for address in ["postgres://user:second@host/name", "mongodb://third"] {
        change(address).await;
        assert_eq!(source.read().await.unwrap().as_str(), address);
    }
}
