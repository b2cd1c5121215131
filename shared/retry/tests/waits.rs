//! Waits and their end.

use std::time::Duration;

use proptest::prelude::*;
use retry::{Backoff, Retry, RetryPolicy};

const COMMON: Backoff = Backoff {
    base: Duration::from_secs(1),
    cap: Duration::from_mins(1),
    attempts: 5,
};

fn longest() -> u64 {
    u64::MAX
}

fn next(attempt: u32, retry: Retry) -> Option<u64> {
    let wait = COMMON.next(attempt, retry, &longest);
    wait.map(|wait| wait.as_secs())
}

#[test]
fn ceilings_double_up_to_the_cap() {
    let seconds: Vec<_> = (1..=8).map(|n| COMMON.ceiling(n).as_secs()).collect();
    assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
}

#[test]
fn failures_say_what_comes_next() {
    let not_before = Retry::NotBefore(Duration::from_secs(30));
    assert_eq!(next(1, Retry::Permanent), None);
    assert_eq!(next(1, Retry::Transient), Some(1));
    assert_eq!(next(4, Retry::Transient), Some(8));
    assert_eq!(next(5, Retry::Transient), None);
    assert_eq!(next(1, not_before), Some(30));
    assert_eq!(next(5, not_before), None);
}

#[test]
fn kinds_may_have_a_backoff_of_their_own() {
    let patient = Backoff {
        attempts: 50,
        ..COMMON
    };
    let policy = RetryPolicy::new(COMMON).with("export", patient);
    let wait = |kind, attempt| policy.wait(kind, attempt, Retry::Transient, &longest);
    assert!(wait("export", 49).is_some());
    assert!(wait("export", 50).is_none());
    assert!(wait("aggregate", 49).is_none());
}

#[cfg(feature = "serde")]
#[test]
fn what_is_stored_can_be_read() {
    for (retry, text) in [
        (Retry::Permanent, r#""permanent""#),
        (Retry::Transient, r#""transient""#),
        (
            Retry::NotBefore(Duration::from_secs(3)),
            r#"{"not_before":{"secs":3,"nanos":0}}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&retry).unwrap(), text);
        assert_eq!(serde_json::from_str::<Retry>(text).unwrap(), retry);
    }
}

fn backoffs() -> impl Strategy<Value = Backoff> {
    (any::<Duration>(), any::<Duration>(), any::<u32>()).prop_map(|(base, cap, attempts)| Backoff {
        base,
        cap,
        attempts,
    })
}

proptest! {
    #[test]
    fn waits_lie_between_nothing_and_their_ceiling(
        backoff in backoffs(),
        failures in any::<u32>(),
        random in any::<u64>(),
    ) {
        let wait = backoff.wait(failures, &|| random);
        prop_assert!(wait <= backoff.ceiling(failures));
        prop_assert!(backoff.ceiling(failures) <= backoff.cap);
    }

    #[test]
    fn ceilings_never_shrink(backoff in backoffs(), failures in 1..u32::MAX) {
        prop_assert!(backoff.ceiling(failures) <= backoff.ceiling(failures + 1));
    }

    #[test]
    fn more_randomness_waits_longer(failures in 1..9_u32, one in any::<u64>(), other in any::<u64>()) {
        let (less, more) = (one.min(other), one.max(other));
        prop_assert!(COMMON.wait(failures, &|| less) <= COMMON.wait(failures, &|| more));
    }
}
