//! Moments as text.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// RFC 3339 in UTC, with as many digits of a second as there are.
pub(super) fn text(moment: OffsetDateTime) -> String {
    // Years beyond 9999 have no such form, and never get in.
    let utc = moment.checked_to_offset(UtcOffset::UTC).unwrap_or(moment);
    utc.format(&Rfc3339).unwrap_or_default()
}

/// Microseconds since 1970, rounded down.
pub(super) fn micros(moment: OffsetDateTime) -> i64 {
    let micros = moment.unix_timestamp_nanos().div_euclid(1_000);
    // Years up to 9999 fit by far.
    i64::try_from(micros).unwrap_or(i64::MAX)
}
