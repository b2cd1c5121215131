//! What follows from attempts.

use std::error::Error;
use std::time::Duration;
use std::{fmt, io};

use sqs_batch::{Backoff, Failure, LONGEST_WAIT, Outcome, Retry, whole_seconds};

const COMMON: Backoff = Backoff {
    base: Duration::from_secs(1),
    cap: Duration::from_mins(1),
    attempts: 5,
};

#[derive(Debug)]
struct Fault(Retry, io::Error);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it broke")
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.1)
    }
}

impl Failure for Fault {
    fn retry(&self) -> Retry {
        self.0
    }
}

fn outcome(attempt: u32, retry: Retry) -> Outcome {
    let fault = Fault(retry, io::Error::other("the disk is full"));
    Outcome::after(attempt, Err(fault), &COMMON, &|| u64::MAX)
}

#[test]
fn failures_say_what_comes_next() {
    let secs = Duration::from_secs;
    let dead = || Outcome::dead_letter("it broke: the disk is full");
    assert_eq!(outcome(1, Retry::Permanent), dead());
    assert_eq!(outcome(4, Retry::Transient), Outcome::RetryAfter(secs(8)));
    assert_eq!(outcome(5, Retry::Transient), dead());
    let far = Retry::NotBefore(Duration::MAX);
    assert_eq!(outcome(1, far), Outcome::RetryAfter(LONGEST_WAIT));

    let done = Outcome::after::<Fault>(1, Ok(()), &COMMON, &|| 0);
    assert_eq!(done, Outcome::Done);
}

#[test]
fn waits_are_rounded_up_to_what_sqs_takes() {
    let cases = [
        (Duration::ZERO, 0),
        (Duration::from_millis(1), 1),
        (Duration::from_secs(30), 30),
        (Duration::from_millis(30_001), 31),
        (Duration::from_hours(24), 42_300),
        (Duration::MAX, 42_300),
    ];
    for (length, seconds) in cases {
        assert_eq!(whole_seconds(length), seconds, "{length:?}");
    }
}
