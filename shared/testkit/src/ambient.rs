//! Time and randomness that a test decides.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::ports::{Clock, Entropy};
use time::{Duration, OffsetDateTime};
use uuid::{Builder, Uuid};

/// A clock that moves only when told to.
#[derive(Debug)]
pub struct FixedClock(Mutex<OffsetDateTime>);

impl FixedClock {
    /// A clock that shows this moment.
    pub fn at(moment: OffsetDateTime) -> Self {
        Self(Mutex::new(moment))
    }

    /// Moves the clock.
    pub fn advance(&self, by: Duration) {
        let mut moment = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *moment += by;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> OffsetDateTime {
        *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A clock that shows a moment and moves with tokio's, which a test can pause: then both move
/// only while every future waits for time.
#[derive(Debug)]
pub struct TokioClock {
    origin: OffsetDateTime,
    started: tokio::time::Instant,
}

impl TokioClock {
    /// A clock that shows this moment now.
    pub fn at(moment: OffsetDateTime) -> Self {
        Self {
            origin: moment,
            started: tokio::time::Instant::now(),
        }
    }
}

impl Clock for TokioClock {
    fn now(&self) -> OffsetDateTime {
        self.origin + self.started.elapsed()
    }
}

/// A clock that moves with tokio's and can be set forwards or back, as an operator or a time server
/// sets a machine's.
#[derive(Debug)]
pub struct JumpingClock {
    clock: TokioClock,
    ahead: Mutex<Duration>,
}

impl JumpingClock {
    /// A clock that shows this moment now.
    pub fn at(moment: OffsetDateTime) -> Self {
        Self {
            clock: TokioClock::at(moment),
            ahead: Mutex::new(Duration::ZERO),
        }
    }

    /// Sets it by this much forwards, or back where it is negative.
    pub fn jump(&self, by: Duration) {
        let mut ahead = self
            .ahead
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *ahead += by;
    }
}

impl Clock for JumpingClock {
    fn now(&self) -> OffsetDateTime {
        let ahead = self.ahead.lock();
        self.clock.now() + *ahead.unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Entropy that counts: the same run gives the same ids.
#[derive(Debug, Default)]
pub struct Counting(AtomicU64);

impl Counting {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Entropy for Counting {
    fn time_ordered(&self, now: OffsetDateTime) -> Uuid {
        let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        let mut tail = [0_u8; 10];
        tail[2..].copy_from_slice(&self.next().to_be_bytes());
        Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }

    fn random(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.next()))
    }

    fn secret(&self) -> String {
        format!("secret-{}", self.next())
    }
}
