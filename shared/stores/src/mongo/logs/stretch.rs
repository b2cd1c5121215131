//! Stretches of time to look through.

use domain::event::CLOCK_SKEW;
use domain::logs::{LogPlace, LogQuery};
use time::OffsetDateTime;

use crate::mongo::moment::Moment;

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
    /// The latest one that a page may hold lines of; none where it can hold none.
    pub(super) fn first(query: &LogQuery, now: OffsetDateTime) -> Option<Self> {
        // No event is later than that.
        let mut to_ms = milliseconds(now + CLOCK_SKEW) + 1;
        if let Some(to) = query.to {
            // With the millisecond that it lies in, if it lies inside one.
            let inside = Moment::from(to).rest_ns > 0;
            to_ms = to_ms.min(milliseconds(to) + i64::from(inside));
        }
        if let Some(after) = &query.after {
            to_ms = to_ms.min(after.at_ms.saturating_add(1));
        }
        Self::ending(to_ms, FIRST_MS, query.from)
    }

    fn ending(to_ms: i64, length: i64, from: Option<OffsetDateTime>) -> Option<Self> {
        // Nor earlier than 1970.
        let first = from.map_or(0, milliseconds).max(0);
        let from_ms = to_ms.saturating_sub(length).max(first);
        (from_ms < to_ms).then_some(Self { from_ms, to_ms })
    }

    /// The one before it, longer the fewer lines this one had.
    pub(super) fn before_it(self, lines: usize, from: Option<OffsetDateTime>) -> Option<Self> {
        let factor = if lines == 0 { MUCH_LONGER } else { LONGER };
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

    /// The place in the list where it begins.
    pub(super) fn place(self) -> LogPlace {
        LogPlace {
            at_ms: self.to_ms,
            id: String::new(),
        }
    }
}

fn milliseconds(moment: OffsetDateTime) -> i64 {
    Moment::from(moment).date.timestamp_millis()
}

#[cfg(test)]
mod tests {
    use domain::logs::Lines;
    use proptest::prelude::*;

    use super::*;

    fn query(from_ms: Option<i64>, to_ms: Option<i64>) -> LogQuery {
        let moment = |ms: i64| {
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).unwrap()
        };
        LogQuery {
            lines: Lines::Logs { level: None },
            service: None,
            text: None,
            from: from_ms.map(moment),
            to: to_ms.map(moment),
            after: None,
            limit: 1,
        }
    }

    proptest! {
        #[test]
        fn stretches_cover_the_range_without_a_gap_and_end(
            from in prop::option::of(0..4_000_000_000_000_i64),
            to in prop::option::of(0..4_000_000_000_000_i64),
            counts in prop::collection::vec(0..3_usize, 60),
        ) {
            let query = query(from, to);
            let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
            let newest = milliseconds(now + CLOCK_SKEW);
            let mut expected = to.map_or(newest + 1, |to| to.min(newest + 1));
            let mut next = Stretch::first(&query, now);
            for count in counts {
                let Some(stretch) = next else { break };
                prop_assert_eq!(stretch.to_ms, expected);
                prop_assert!(stretch.from_ms < stretch.to_ms);
                let stretch = if count == 2 { stretch.half() } else { stretch };
                expected = stretch.from_ms;
                next = stretch.before_it(count, query.from);
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
        let mut next = Stretch::first(&query(None, None), now);
        let mut asked = 0;
        while let Some(stretch) = next {
            asked += 1;
            next = stretch.before_it(0, None);
        }
        assert!(asked <= 8, "{asked}");
    }
}
