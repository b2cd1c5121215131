//! Time and randomness, injected.

use retry::Jitter;
use time::OffsetDateTime;
use uuid::Uuid;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment, in UTC.
    fn now(&self) -> OffsetDateTime;
}

/// Makes what must not be guessed or repeated.
pub trait Entropy: Send + Sync {
    /// A version 7 UUID for the given moment: ids sort by time.
    fn time_ordered(&self, now: OffsetDateTime) -> Uuid;

    /// A version 4 UUID.
    fn random(&self) -> Uuid;

    /// A secret of 256 bits as URL-safe text.
    fn secret(&self) -> String;
}

impl Jitter for dyn Entropy + '_ {
    /// The low 62 bits of a version 4 UUID are random, and so are the highest ones.
    fn bits(&self) -> u64 {
        let (high, low) = self.random().as_u64_pair();
        low << 2 | high >> 62
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    struct Fixed(Uuid);

    impl Entropy for Fixed {
        fn time_ordered(&self, _: OffsetDateTime) -> Uuid {
            self.0
        }

        fn random(&self) -> Uuid {
            self.0
        }

        fn secret(&self) -> String {
            String::new()
        }
    }

    #[test]
    fn jitter_leaves_out_the_bits_that_are_the_same_in_every_uuid() {
        let bits = |bytes| {
            let uuid = uuid::Builder::from_random_bytes(bytes).into_uuid();
            (&Fixed(uuid) as &dyn Entropy).bits()
        };
        assert_eq!((bits([0; 16]), bits([0xff; 16])), (0, u64::MAX));
    }
}
