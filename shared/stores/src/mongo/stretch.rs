//! Stretches of time to look through for the newest events, the latest first and each longer than the
//! one before. So a server sorts few events however many there are, also one that cannot read an
//! index in its order, as the documentdb engine.

use bson::{DateTime, Document, doc};
use domain::event::CLOCK_SKEW;
use time::OffsetDateTime;

use super::moment::Moment;

/// The first stretch that is looked through: a minute.
const FIRST_MS: i64 = 60_000;

/// How much longer the next one is, after one with lines and after one without.
const LONGER: i64 = 4;
const MUCH_LONGER: i64 = 16;

/// A stretch of time, in milliseconds since 1970: from the first to before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from_ms: i64,
    pub(super) to_ms: i64,
}

impl Stretch {
    /// The latest one of a range that may hold events; none where it can hold none.
    pub(super) fn first(
        from: Option<OffsetDateTime>,
        to: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Option<Self> {
        // No event is later than that.
        let mut to_ms = milliseconds(now + CLOCK_SKEW) + 1;
        if let Some(to) = to {
            // With the millisecond that it lies in, if it lies inside one.
            let inside = Moment::from(to).rest_ns > 0;
            to_ms = to_ms.min(milliseconds(to) + i64::from(inside));
        }
        Self::ending(to_ms, FIRST_MS, from)
    }

    /// The same without what is later than a millisecond.
    pub(super) fn first_until(
        last_ms: i64,
        from: Option<OffsetDateTime>,
        to: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Option<Self> {
        let whole = Self::first(from, to, now)?;
        let to_ms = whole.to_ms.min(last_ms.saturating_add(1));
        Self::ending(to_ms, FIRST_MS, from)
    }

    fn ending(to_ms: i64, length: i64, from: Option<OffsetDateTime>) -> Option<Self> {
        // Nor earlier than 1970.
        let first = from.map_or(0, milliseconds).max(0);
        let from_ms = to_ms.saturating_sub(length).max(first);
        (from_ms < to_ms).then_some(Self { from_ms, to_ms })
    }

    /// The one before it, longer where this one had none.
    pub(super) fn before_it(self, events: usize, from: Option<OffsetDateTime>) -> Option<Self> {
        let factor = if events == 0 { MUCH_LONGER } else { LONGER };
        let length = (self.to_ms - self.from_ms).saturating_mul(factor);
        Self::ending(self.from_ms, length, from)
    }

    /// Whether there is less of it.
    pub(super) fn can_be_halved(self) -> bool {
        self.to_ms - self.from_ms > 1
    }

    /// Its later half.
    pub(super) fn half(self) -> Self {
        let from_ms = self.to_ms - (self.to_ms - self.from_ms) / 2;
        Self { from_ms, ..self }
    }

    /// What the time of its events is.
    pub(super) fn range(self) -> Document {
        let [from, to] = [self.from_ms, self.to_ms].map(DateTime::from_millis);
        doc! { "$gte": from, "$lt": to }
    }
}

fn milliseconds(moment: OffsetDateTime) -> i64 {
    Moment::from(moment).date.timestamp_millis()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moment(ms: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).unwrap()
    }

    proptest! {
        #[test]
        fn stretches_cover_the_range_without_a_gap_and_end(
            from in prop::option::of(0..4_000_000_000_000_i64),
            to in prop::option::of(0..4_000_000_000_000_i64),
            counts in prop::collection::vec(0..3_usize, 60),
        ) {
            let (start, end) = (from.map(moment), to.map(moment));
            let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
            let newest = milliseconds(now + CLOCK_SKEW);
            let mut expected = to.map_or(newest + 1, |to| to.min(newest + 1));
            let mut next = Stretch::first(start, end, now);
            for count in counts {
                let Some(stretch) = next else { break };
                prop_assert_eq!(stretch.to_ms, expected);
                prop_assert!(stretch.from_ms < stretch.to_ms);
                let stretch = if count == 2 { stretch.half() } else { stretch };
                expected = stretch.from_ms;
                next = stretch.before_it(count, start);
            }
            if next.is_none() {
                prop_assert!(expected <= from.unwrap_or(0).max(0) || expected == newest + 1
                    || to.is_some_and(|to| expected == to));
            }
        }
    }

    #[test]
    fn sixty_years_of_nothing_are_a_few_questions() {
        let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let mut next = Stretch::first(None, None, now);
        let mut asked = 0;
        while let Some(stretch) = next {
            asked += 1;
            next = stretch.before_it(0, None);
        }
        assert!(asked <= 8, "{asked}");
    }
}
