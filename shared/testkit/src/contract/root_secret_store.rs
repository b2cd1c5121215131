//! The contract of [`RootSecretStore`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::RootSecretStore;

/// The whole contract, on a store that keeps nothing for later and was never rotated. `rotate` puts
/// a new secret before the present one.
pub async fn all(store: &dyn RootSecretStore, rotate: impl AsyncFn()) {
    a_rotation_keeps_one_secret_back(store, &rotate).await;
}

/// The new secret counts at once; the one before is there until the next rotation.
pub async fn a_rotation_keeps_one_secret_back(
    store: &dyn RootSecretStore,
    rotate: &impl AsyncFn(),
) {
    let first = store.read().await.unwrap();
    assert_eq!(first.previous, None);
    assert_eq!(store.read().await.unwrap(), first, "it stays as it is");
    rotate().await;
    let second = store.read().await.unwrap();
    assert_ne!(second.current, first.current);
    assert_eq!(second.previous, Some(first.current));
    rotate().await;
    let third = store.read().await.unwrap();
    assert_eq!(third.previous, Some(second.current));
}
