//! What the `aggregate` kind asks of the stored requests, and what comes back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

/// A field that rows can be grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// The service that answered.
    Service,
    /// The request's path.
    Path,
    /// The status code.
    Status,
    /// The time bucket the request fell into.
    Time,
}

impl GroupBy {
    /// The column's name in a row.
    pub fn column(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Path => "path",
            Self::Status => "status",
            Self::Time => "time",
        }
    }
}

/// The length of a time bucket. Buckets start at whole UTC minutes, hours or days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// One minute.
    Minute,
    /// One hour.
    #[default]
    Hour,
    /// One day.
    Day,
}

/// One aggregation over a tenant's requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateQuery {
    /// Group by these, in this order. Empty: one row over everything.
    pub group_by: Vec<GroupBy>,
    /// The bucket's length, where grouped by time.
    pub bucket: Bucket,
    /// Only requests at or after this moment.
    pub from: Option<OffsetDateTime>,
    /// Only requests before this moment.
    pub to: Option<OffsetDateTime>,
    /// At most this many rows, in order of count (then of the groups); guards memory.
    pub limit: usize,
}

/// One row of the answer. Times in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AggregateRow {
    /// The groups' values under their column names. A time bucket is its RFC 3339 start.
    #[serde(flatten)]
    pub groups: BTreeMap<String, Value>,
    /// How many requests.
    pub count: u64,
    /// Mean response time.
    pub mean: f64,
    /// Half of the requests were at least this fast. All percentiles are by the nearest-rank method.
    pub p50: f64,
    /// 95 % of the requests were at least this fast.
    pub p95: f64,
    /// 99 % of the requests were at least this fast.
    pub p99: f64,
}
