//! Moments as `DynamoDB`'s expiry has them: whole seconds since 1970.
//!
//! Both sides of a comparison are rounded down, so an item can count as expired up to a second
//! early and never late.

use time::OffsetDateTime;

/// The second of a moment.
pub(crate) fn second(moment: OffsetDateTime) -> i64 {
    moment.unix_timestamp()
}

/// Whether an item with this `expires_at` has expired.
pub(crate) fn is_past(expires_at: i64, now: OffsetDateTime) -> bool {
    expires_at <= second(now)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn an_item_never_outlives_its_moment() {
        let end = datetime!(2026-03-01 12:00:00.5 UTC);
        assert!(!is_past(second(end), datetime!(2026-03-01 11:59:59.9 UTC)));
        assert!(is_past(second(end), datetime!(2026-03-01 12:00:00.1 UTC)));
        assert!(is_past(second(end), end));
    }
}
