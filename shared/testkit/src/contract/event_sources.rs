//! The contract of [`EventSources`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::EventSources;

/// The whole contract, of event sources that are on and that nobody else changes.
pub async fn all(sources: &dyn EventSources) {
    let first = sources.state().await.unwrap();
    assert_eq!(first.enabled, Some(true));
    let mut changed_at = first.changed_at;
    // Also to what they are already.
    for enabled in [false, false, true, true] {
        sources.set(enabled).await.unwrap();
        let state = sources.state().await.unwrap();
        assert_eq!(state.enabled, Some(enabled));
        assert!(state.changed_at >= changed_at, "time goes on");
        changed_at = state.changed_at;
    }
}
