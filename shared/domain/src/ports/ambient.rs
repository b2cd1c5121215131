//! Time and randomness, injected.

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
