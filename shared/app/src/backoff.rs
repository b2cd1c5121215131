//! How long to wait before trying again.

use domain::ports::Entropy;
use time::Duration;

/// Exponential backoff with full jitter: a random wait between nothing and `base * 2^(n - 1)`,
/// which spreads those who failed together better than a fixed wait does
/// (<https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Backoff {
    /// The longest wait after the first failure.
    pub(crate) base: Duration,
    /// The longest wait ever.
    pub(crate) cap: Duration,
}

impl Backoff {
    /// The longest wait after the `failures`-th failure, counted from 1.
    pub(crate) fn ceiling(self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(16);
        self.cap.min(self.base * 2_i32.pow(doublings))
    }

    /// The wait after the `failures`-th failure.
    pub(crate) fn wait(self, failures: u32, entropy: &dyn Entropy) -> Duration {
        let ceiling = self.ceiling(failures).whole_milliseconds().unsigned_abs();
        // The low bits of a version 4 UUID are random.
        let random = entropy.random().as_u128() & u128::from(u64::from(u32::MAX));
        let millis = random % (ceiling + 1);
        Duration::milliseconds(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    struct Fixed(u128);

    impl Entropy for Fixed {
        fn time_ordered(&self, _: time::OffsetDateTime) -> Uuid {
            self.random()
        }

        fn random(&self) -> Uuid {
            Uuid::from_u128(self.0)
        }

        fn secret(&self) -> String {
            String::new()
        }
    }

    const MINUTE: Backoff = Backoff {
        base: Duration::SECOND,
        cap: Duration::MINUTE,
    };

    #[test]
    fn ceilings_double_up_to_the_cap() {
        let seconds: Vec<_> = (1..=8).map(|n| MINUTE.ceiling(n).whole_seconds()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    proptest! {
        #[test]
        fn a_wait_is_between_nothing_and_its_ceiling(failures in any::<u32>(), random in any::<u128>()) {
            let wait = MINUTE.wait(failures, &Fixed(random));
            prop_assert!(wait >= Duration::ZERO && wait <= MINUTE.ceiling(failures));
        }
    }
}
