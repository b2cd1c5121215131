use proptest::prelude::*;
use time::macros::datetime;

use super::*;

const BUCKETS: [Bucket; 3] = [Bucket::Minute, Bucket::Hour, Bucket::Day];

fn moment(ns: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ns)).unwrap()
}

proptest! {
    #[test]
    fn a_span_is_the_least_that_covers_the_range(
        bucket in prop::sample::select(&BUCKETS[..]),
        from in 0..4_000_000_000_000_000_000_i64,
        length in 1..200_000_000_000_000_i64,
    ) {
        let (from, to) = (moment(from), moment(from + length));
        match Span::covering(bucket, from, to) {
            Ok(span) => {
                let one = bucket.length();
                prop_assert!(span.from() <= from && from < span.from() + one);
                prop_assert!(span.to() - one < to && to <= span.to());
                let starts: Vec<_> = span.starts().collect();
                prop_assert_eq!(starts.len(), span.count());
                prop_assert!(starts.windows(2).all(|pair| pair[1] - pair[0] == one));
                for (place, start) in starts.iter().enumerate() {
                    prop_assert_eq!(span.place(*start), Some(place));
                    prop_assert_eq!(start.unix_timestamp() % one.whole_seconds(), 0);
                }
                prop_assert_eq!(span.place(span.to()), None);
                prop_assert_eq!(span.place(span.from() - one), None);
                prop_assert_eq!(span.place(span.from() + Duration::NANOSECOND), None);
            }
            Err(refusal) => {
                let too_long = matches!(refusal, NoSpan::TooMany { count } if count > 1_500);
                prop_assert!(too_long && bucket == Bucket::Minute, "{refusal:?}");
            }
        }
    }

    #[test]
    fn parts_are_put_together_again(cuts in prop::collection::btree_set(1..90_usize, 0..5)) {
        let from = datetime!(2026-01-01 00:30 UTC);
        let whole = Span::covering(Bucket::Hour, from, from + Duration::hours(89)).unwrap();
        prop_assert_eq!(whole.count(), 90);
        let mut starts = vec![];
        let mut begin = 0;
        for end in cuts.into_iter().chain([90]) {
            let part = whole.part(begin..end).unwrap();
            prop_assert_eq!(part.bucket(), Bucket::Hour);
            starts.extend(part.starts());
            begin = end;
        }
        prop_assert_eq!(starts, whole.starts().collect::<Vec<_>>());
        prop_assert_eq!(whole.part(3..3), None);
        prop_assert_eq!(whole.part(3..91), None);
    }
}

#[test]
fn what_is_no_span_is_refused() {
    let day = |from, to| Span::covering(Bucket::Day, from, to);
    let noon = datetime!(2026-01-01 12:00 UTC);
    assert_eq!(day(noon, noon), Err(NoSpan::Empty));
    assert_eq!(day(noon, noon - Duration::DAY), Err(NoSpan::Empty));
    for (from, to) in [
        (datetime!(1969-12-31 23:59 UTC), noon),
        (datetime!(1970-01-01 00:30 +01:00), noon),
        (noon, datetime!(9999-01-01 00:00 UTC)),
    ] {
        assert_eq!(day(from, to), Err(NoSpan::Outside));
    }
    assert!(
        day(
            datetime!(1970-01-01 00:00 UTC),
            datetime!(1970-01-01 00:01 UTC)
        )
        .is_ok()
    );
    let last = datetime!(9998-12-31 23:59 UTC);
    assert!(day(last, last + Duration::SECOND).is_ok());

    let midnight = datetime!(2026-01-01 00:00 UTC);
    let end = midnight + Duration::DAY * 1_500;
    assert_eq!(day(midnight, end).unwrap().count(), 1_500);
    let refused = day(midnight, end + Duration::NANOSECOND);
    assert_eq!(refused, Err(NoSpan::TooMany { count: 1_501 }));
}

#[test]
fn a_name_is_a_metrics_own() {
    for metric in Metric::ALL {
        assert_eq!(metric.name().parse(), Ok(metric));
    }
    for text in ["", "Requests", "latency", "p50"] {
        assert_eq!(text.parse::<Metric>(), Err(UnknownMetric));
    }
}

#[test]
fn without_requests_counts_are_0_and_latencies_nothing() {
    let figures = Figures {
        count: 4,
        errors: 3,
        unique_users: 2,
        mean: 1.0,
        p50: 5.0,
        p95: 6.0,
        p99: 7.0,
    };
    let points = Metric::ALL.map(|metric| (metric.of(&figures), metric.of_nothing()));
    let count = |count| (Point::Count(count), Point::Count(0));
    let time = |ms| (Point::Milliseconds(ms), Point::Nothing);
    let expected = [
        count(4),
        count(3),
        time(5.0),
        time(6.0),
        time(7.0),
        count(2),
    ];
    assert_eq!(points, expected);
}
