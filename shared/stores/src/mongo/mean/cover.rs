//! What a window is put together from.

use domain::aggregate::Bucket;
use time::{Duration, OffsetDateTime};

use crate::mongo::series::start;

/// Whole buckets of one length, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Buckets {
    pub(super) bucket: Bucket,
    /// The start of the first; nothing where all before `to` are meant.
    pub(super) from: Option<OffsetDateTime>,
    /// The end of the last.
    pub(super) to: OffsetDateTime,
}

/// A stretch of time: at or after the first moment and before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: Option<OffsetDateTime>,
    pub(super) to: Option<OffsetDateTime>,
}

/// Buckets that may have been rolled up, and stretches of time between and beside them. Together
/// they are the window, and none of them overlap.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Cover {
    pub(super) buckets: Vec<Buckets>,
    pub(super) stretches: Vec<Stretch>,
}

impl Cover {
    /// A window that begins at `from` and has no end. The hour that is going on is a stretch, since it
    /// is touched again and again; what is before yesterday is taken by the day, which is rolled up
    /// some time after it is over.
    pub(super) fn of(from: Option<OffsetDateTime>, now: OffsetDateTime) -> Self {
        let this_hour = start(Bucket::Hour, now);
        let yesterday = start(Bucket::Day, now) - Duration::DAY;
        let hour = from.map(|from| next(Bucket::Hour, from));
        if hour.is_some_and(|hour| hour >= this_hour) {
            return Self {
                buckets: vec![],
                stretches: vec![Stretch { from, to: None }],
            };
        }
        let mut cover = Self::default();
        if from != hour {
            cover.stretches.push(Stretch { from, to: hour });
        }
        cover.stretches.push(Stretch {
            from: Some(this_hour),
            to: None,
        });
        let day = hour.map(|hour| next(Bucket::Day, hour));
        if day.is_some_and(|day| day >= yesterday) {
            cover.add(Bucket::Hour, hour, this_hour);
        } else {
            if let Some(day) = day {
                cover.add(Bucket::Hour, hour, day);
            }
            cover.add(Bucket::Day, day, yesterday);
            cover.add(Bucket::Hour, Some(yesterday), this_hour);
        }
        cover
    }

    fn add(&mut self, bucket: Bucket, from: Option<OffsetDateTime>, to: OffsetDateTime) {
        if from.is_none_or(|from| from < to) {
            self.buckets.push(Buckets { bucket, from, to });
        }
    }
}

/// The start of the first bucket that lies in the time from then on.
fn next(bucket: Bucket, from: OffsetDateTime) -> OffsetDateTime {
    let start = start(bucket, from);
    if start == from {
        start
    } else {
        start.saturating_add(bucket.length())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-03-10 14:20 UTC);

    fn pieces(cover: &Cover) -> Vec<Stretch> {
        let buckets = cover.buckets.iter().map(|buckets| Stretch {
            from: buckets.from,
            to: Some(buckets.to),
        });
        let mut pieces: Vec<_> = buckets.chain(cover.stretches.iter().copied()).collect();
        pieces.sort_by_key(|piece| piece.from);
        pieces
    }

    proptest! {
        #[test]
        fn a_window_is_covered_once(
            from in prop::option::of(0..40_000_000_000_i64),
            now in 1_000_000_000_i64..4_000_000_000,
        ) {
            let now = OffsetDateTime::from_unix_timestamp(now).unwrap();
            // Tenths of a second, also later than now.
            let from = from.map(|from| OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(from * 100));
            let cover = Cover::of(from, now);
            let pieces = pieces(&cover);
            prop_assert_eq!(pieces[0].from, from);
            for two in pieces.windows(2) {
                prop_assert!(two[0].to.is_some() && two[0].to == two[1].from);
            }
            prop_assert_eq!(pieces[pieces.len() - 1].to, None);
            for buckets in &cover.buckets {
                for end in buckets.from.into_iter().chain([buckets.to]) {
                    prop_assert_eq!(start(buckets.bucket, end), end);
                }
                prop_assert!(buckets.to <= now);
            }
        }
    }

    #[test]
    fn everything_is_days_then_hours_then_what_goes_on() {
        let cover = Cover::of(None, NOW);
        let (yesterday, hour) = (
            datetime!(2026-03-09 0:00 UTC),
            datetime!(2026-03-10 14:00 UTC),
        );
        let buckets = |bucket, from, to| Buckets { bucket, from, to };
        let expected = [
            buckets(Bucket::Day, None, yesterday),
            buckets(Bucket::Hour, Some(yesterday), hour),
        ];
        assert_eq!(cover.buckets, expected);
        let rest = Stretch {
            from: Some(hour),
            to: None,
        };
        assert_eq!(cover.stretches, [rest]);
    }

    #[test]
    fn the_last_hour_is_one_stretch() {
        let from = Some(NOW - Duration::HOUR);
        let cover = Cover::of(from, NOW);
        assert_eq!(cover.buckets, []);
        assert_eq!(cover.stretches, [Stretch { from, to: None }]);
    }
}
