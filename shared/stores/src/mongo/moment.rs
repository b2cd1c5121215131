//! Moments in the database: its dates know milliseconds, ours nanoseconds.

use bson::{DateTime, Document};
use time::OffsetDateTime;

use super::failure::Failure;

const NANOS_PER_MILLI: i128 = 1_000_000;

/// A moment as the database keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// Its whole milliseconds.
    pub(super) date: DateTime,
    /// The nanoseconds beyond them, 0 to 999,999.
    pub(super) rest_ns: i32,
}

impl From<OffsetDateTime> for Moment {
    fn from(moment: OffsetDateTime) -> Self {
        let nanos = moment.unix_timestamp_nanos();
        // Years up to 9999 fit by far, and a rest is below a million.
        let millis = i64::try_from(nanos.div_euclid(NANOS_PER_MILLI)).unwrap_or(i64::MAX);
        let rest_ns = i32::try_from(nanos.rem_euclid(NANOS_PER_MILLI)).unwrap_or_default();
        Self {
            date: DateTime::from_millis(millis),
            rest_ns,
        }
    }
}

/// A document's date as a moment in UTC.
pub(super) fn utc(document: &Document, field: &'static str) -> Result<OffsetDateTime, Failure> {
    let date = document.get_datetime(field).ok().copied();
    let moment = date.and_then(|date| Moment { date, rest_ns: 0 }.to_utc());
    moment.ok_or(Failure::Answer(field))
}

impl Moment {
    /// The same moment in UTC, if it is in the calendar.
    pub(super) fn to_utc(self) -> Option<OffsetDateTime> {
        let millis = i128::from(self.date.timestamp_millis());
        let nanos = millis * NANOS_PER_MILLI + i128::from(self.rest_ns);
        OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()
    }
}
