//! Figures of a tenant's requests over time: one bucket after the other.

use std::ops::Range;
use std::str::FromStr;

use time::{Duration, OffsetDateTime};

use crate::aggregate::Bucket;

/// Most buckets of one answer: two months by the hour, four years by the day. A chart is not wider.
pub const MOST_BUCKETS: usize = 1_500;

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// Whole buckets, one after the other: at least one, at most [`MOST_BUCKETS`], none before 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    bucket: Bucket,
    /// The first bucket's start, in seconds since 1970.
    first: i64,
    count: usize,
}

/// Why a range of time is no span of buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoSpan {
    /// It ends before it begins, or at once.
    #[error("must be later than from")]
    Empty,
    /// It is not in the time that events may be of.
    #[error("must be in the years 1970 to 9998")]
    Outside,
    /// It has too many buckets.
    #[error("the range has {count} buckets; at most {MOST_BUCKETS} are given at once")]
    TooMany {
        /// How many it has.
        count: u64,
    },
}

impl Span {
    /// The buckets that hold the moments at or after `from` and before `to`. The first and the last
    /// are whole, so they may reach beyond these.
    ///
    /// # Errors
    /// Where that is nothing, too much, or before 1970.
    pub fn covering(
        bucket: Bucket,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Self, NoSpan> {
        if from >= to {
            return Err(NoSpan::Empty);
        }
        let calendar = |moment: OffsetDateTime| (1970..9999).contains(&moment.year());
        if !calendar(from) || !calendar(to) || from < OffsetDateTime::UNIX_EPOCH {
            return Err(NoSpan::Outside);
        }
        let length = seconds(bucket);
        let first = from.unix_timestamp().div_euclid(length);
        let last =
            (to.unix_timestamp_nanos() - 1).div_euclid(NANOS_PER_SECOND * i128::from(length));
        let count = u64::try_from(last - i128::from(first) + 1).unwrap_or(u64::MAX);
        match usize::try_from(count) {
            Ok(whole) if whole <= MOST_BUCKETS => Ok(Self {
                bucket,
                first: first * length,
                count: whole,
            }),
            _ => Err(NoSpan::TooMany { count }),
        }
    }

    /// The length of each.
    pub fn bucket(&self) -> Bucket {
        self.bucket
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// When the first one starts.
    pub fn from(&self) -> OffsetDateTime {
        self.start(0)
    }

    /// When the last one ends.
    pub fn to(&self) -> OffsetDateTime {
        self.start(self.count)
    }

    /// When each starts.
    pub fn starts(&self) -> impl Iterator<Item = OffsetDateTime> {
        (0..self.count).map(|place| self.start(place))
    }

    /// The place among them, from 0, of the one that starts then.
    pub fn place(&self, start: OffsetDateTime) -> Option<usize> {
        let beyond = start.unix_timestamp() - self.first;
        let place = usize::try_from(beyond / seconds(self.bucket)).ok()?;
        (place < self.count && self.start(place) == start).then_some(place)
    }

    /// Those at these places, which must be some of ours; none where they are not.
    #[must_use]
    pub fn part(&self, places: Range<usize>) -> Option<Self> {
        (places.start < places.end && places.end <= self.count).then(|| Self {
            bucket: self.bucket,
            first: self.start(places.start).unix_timestamp(),
            count: places.len(),
        })
    }

    fn start(&self, place: usize) -> OffsetDateTime {
        // Few, and inside the calendar with the year to spare.
        let place = i32::try_from(place).unwrap_or(i32::MAX);
        let first = OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::seconds(self.first));
        first.saturating_add(self.bucket.length() * place)
    }
}

fn seconds(bucket: Bucket) -> i64 {
    bucket.length().whole_seconds()
}

/// Which figures to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesQuery {
    /// Of which time.
    pub span: Span,
    /// For each service on its own, instead of over all.
    pub by_service: bool,
    /// Most rows; a store refuses to give more. Guards memory.
    pub most_rows: usize,
}

/// A bucket's figures, or those of one service in it.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesRow {
    /// When the bucket starts.
    pub start: OffsetDateTime,
    /// The service, where they were asked for.
    pub service: Option<String>,
    /// At least one request's.
    pub figures: Figures,
}

/// Exact figures of some requests. Times in milliseconds, percentiles by nearest rank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// How many requests.
    pub count: u64,
    /// How many of them were answered with a status of 500 or more.
    pub errors: u64,
    /// How many users asked, those who are not known aside.
    pub unique_users: u64,
    /// Mean response time.
    pub mean: f64,
    /// Half of the requests were at least this fast.
    pub p50: f64,
    /// 95 % of the requests were at least this fast.
    pub p95: f64,
    /// 99 % of the requests were at least this fast.
    pub p99: f64,
}

/// What a series shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// How many requests.
    Requests,
    /// How many were answered with a status of 500 or more.
    Errors,
    /// The median response time.
    LatencyP50,
    /// Response time, 95th percentile.
    LatencyP95,
    /// Response time, 99th percentile.
    LatencyP99,
    /// How many users asked.
    ActiveUsers,
}

/// A value of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Point {
    /// So many.
    Count(u64),
    /// So many milliseconds.
    Milliseconds(f64),
    /// There is none: nothing happened that could have taken time.
    Nothing,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Requests,
        Self::Errors,
        Self::LatencyP50,
        Self::LatencyP95,
        Self::LatencyP99,
        Self::ActiveUsers,
    ];

    /// The name that callers use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Errors => "errors",
            Self::LatencyP50 => "latency_p50",
            Self::LatencyP95 => "latency_p95",
            Self::LatencyP99 => "latency_p99",
            Self::ActiveUsers => "active_users",
        }
    }

    /// What it is where these are the figures.
    pub fn of(self, figures: &Figures) -> Point {
        match self {
            Self::Requests => Point::Count(figures.count),
            Self::Errors => Point::Count(figures.errors),
            Self::ActiveUsers => Point::Count(figures.unique_users),
            Self::LatencyP50 => Point::Milliseconds(figures.p50),
            Self::LatencyP95 => Point::Milliseconds(figures.p95),
            Self::LatencyP99 => Point::Milliseconds(figures.p99),
        }
    }

    /// What it is without requests.
    pub fn of_nothing(self) -> Point {
        match self {
            Self::Requests | Self::Errors | Self::ActiveUsers => Point::Count(0),
            Self::LatencyP50 | Self::LatencyP95 | Self::LatencyP99 => Point::Nothing,
        }
    }
}

/// The text names no metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown metric")]
pub struct UnknownMetric;

impl FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(text: &str) -> Result<Self, UnknownMetric> {
        let named = Self::ALL.into_iter().find(|metric| metric.name() == text);
        named.ok_or(UnknownMetric)
    }
}

#[cfg(test)]
mod tests;
