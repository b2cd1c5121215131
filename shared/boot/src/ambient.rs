//! The real time and real randomness: the one place that asks the system for them.

use domain::ports::{Clock, Entropy};
use time::OffsetDateTime;
use uuid::{Builder, Uuid};

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "everybody else asks this implementation"
    )]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

#[expect(
    clippy::panic,
    reason = "without randomness no secret can be made, and no other code can help"
)]
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        panic!("the operating system gives no random bytes: {error}");
    }
    bytes
}

impl Entropy for OsEntropy {
    /// The 12 bits after the milliseconds hold their fraction (RFC 9562, section 6.2, method 3),
    /// so that ids made within one millisecond sort by time too.
    fn time_ordered(&self, now: OffsetDateTime) -> Uuid {
        let micros = u64::try_from(now.unix_timestamp_nanos() / 1_000).unwrap_or_default();
        let [high, low] = fraction(micros).to_be_bytes();
        let mut tail = random::<10>();
        tail[..2].copy_from_slice(&[high, low]);
        Builder::from_unix_timestamp_millis(micros / 1_000, &tail).into_uuid()
    }

    fn random(&self) -> Uuid {
        Builder::from_random_bytes(random()).into_uuid()
    }

    fn secret(&self) -> String {
        let [high, low] = [random(), random()].map(u128::from_be_bytes);
        format!("{high:032x}{low:032x}")
    }
}

/// The fraction of the millisecond, scaled to 12 bits.
fn fraction(micros: u64) -> u16 {
    u16::try_from(micros % 1_000 * 4_096 / 1_000).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;

    use super::*;

    #[test]
    fn secrets_are_long_and_differ() {
        let (one, other) = (OsEntropy.secret(), OsEntropy.secret());
        assert_eq!(one.len(), 64);
        assert!(one.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one, other);
    }

    #[test]
    fn ids_say_their_version() {
        let now = SystemClock.now();
        assert_eq!(OsEntropy.time_ordered(now).get_version_num(), 7);
        assert_eq!(OsEntropy.random().get_version_num(), 4);
    }

    proptest! {
        #[test]
        fn ids_sort_by_the_microsecond(start in 0..4_102_444_800_000_000_i64, later in 1..10_000_i64) {
            let start = OffsetDateTime::UNIX_EPOCH + Duration::microseconds(start);
            let first = OsEntropy.time_ordered(start);
            let second = OsEntropy.time_ordered(start + Duration::microseconds(later));
            prop_assert!(first < second);
        }
    }
}
