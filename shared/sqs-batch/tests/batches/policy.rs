//! Waits and their end.

use std::fmt;
use std::time::Duration;

use proptest::prelude::*;
use sqs_batch::{Backoff, Failure, LONGEST_WAIT, Outcome, Retry, RetryPolicy};

const COMMON: Backoff = Backoff {
    base: Duration::from_secs(1),
    cap: Duration::from_mins(1),
    attempts: 5,
};

struct Fault(Retry);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it broke")
    }
}

impl Failure for Fault {
    fn retry(&self) -> Retry {
        self.0
    }
}

fn longest() -> u64 {
    u64::MAX
}

fn outcome(attempt: u32, retry: Retry) -> Outcome {
    RetryPolicy::new(COMMON).outcome("any", attempt, Err(Fault(retry)), &longest)
}

#[test]
fn ceilings_double_up_to_the_cap() {
    let seconds: Vec<_> = (1..=8).map(|n| COMMON.ceiling(n).as_secs()).collect();
    assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
}

#[test]
fn failures_say_what_comes_next() {
    let secs = Duration::from_secs;
    let dead = || Outcome::dead_letter("it broke");
    assert_eq!(outcome(1, Retry::Permanent), dead());
    assert_eq!(outcome(1, Retry::Transient), Outcome::RetryAfter(secs(1)));
    assert_eq!(outcome(4, Retry::Transient), Outcome::RetryAfter(secs(8)));
    assert_eq!(outcome(5, Retry::Transient), dead());
    assert_eq!(
        outcome(1, Retry::NotBefore(secs(30))),
        Outcome::RetryAfter(secs(30))
    );
    assert_eq!(outcome(5, Retry::NotBefore(secs(30))), dead());
    let far = Retry::NotBefore(Duration::MAX);
    assert_eq!(outcome(1, far), Outcome::RetryAfter(LONGEST_WAIT));

    let done = RetryPolicy::new(COMMON).outcome::<Fault>("any", 1, Ok(()), &longest);
    assert_eq!(done, Outcome::Done);
}

#[test]
fn kinds_may_have_a_backoff_of_their_own() {
    let patient = Backoff {
        attempts: 50,
        ..COMMON
    };
    let policy = RetryPolicy::new(COMMON).with("export", patient);
    assert!(
        policy
            .wait("export", 49, Retry::Transient, &longest)
            .is_some()
    );
    assert!(
        policy
            .wait("export", 50, Retry::Transient, &longest)
            .is_none()
    );
    assert!(
        policy
            .wait("aggregate", 49, Retry::Transient, &longest)
            .is_none()
    );
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
        prop_assert!(backoff.ceiling(failures) <= LONGEST_WAIT.min(backoff.cap));
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
