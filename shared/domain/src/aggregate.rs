//! What the `aggregate` kind asks of the stored requests, and what comes back.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::{Duration, OffsetDateTime};

/// A field that rows can be grouped by.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// The service that answered.
    Service,
    /// The request's path.
    Path,
    /// The path without what names a single thing, see [`crate::route`].
    Route,
    /// The HTTP method.
    Method,
    /// The status code.
    Status,
    /// The status code's class: `2xx`.
    StatusClass,
    /// Who asked; null where that is not known.
    User,
    /// The time bucket the request fell into.
    Time,
}

impl GroupBy {
    /// The column's name in a row.
    pub fn column(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Path => "path",
            Self::Route => "route",
            Self::Method => "method",
            Self::Status => "status",
            Self::StatusClass => "status_class",
            Self::User => "user",
            Self::Time => "time",
        }
    }
}

/// The length of a time bucket. Buckets start at whole UTC minutes, hours or days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
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

impl Bucket {
    /// How long it is; in UTC all are.
    pub fn length(self) -> Duration {
        match self {
            Self::Minute => Duration::MINUTE,
            Self::Hour => Duration::HOUR,
            Self::Day => Duration::DAY,
        }
    }
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
    /// Only requests that are all of this.
    pub only: Only,
    /// At most this many rows, in order of count (then of the groups); guards memory.
    pub limit: usize,
}

/// Most alternatives of one filter.
pub const MOST_ALTERNATIVES: usize = 100;

/// What requests must be to count. Each list is alternatives; an empty one leaves it open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Only {
    /// Who answered.
    #[schemars(length(max = MOST_ALTERNATIVES))]
    pub service: Vec<String>,
    /// The path, exactly.
    #[schemars(length(max = MOST_ALTERNATIVES))]
    pub path: Vec<String>,
    /// The route, as rows show it.
    #[schemars(length(max = MOST_ALTERNATIVES))]
    pub route: Vec<String>,
    /// The HTTP method.
    #[schemars(length(max = MOST_ALTERNATIVES))]
    pub method: Vec<String>,
    /// The status code.
    #[schemars(length(max = MOST_ALTERNATIVES))]
    pub status: Vec<u16>,
    /// The class of the status code: `5xx`.
    #[schemars(length(max = MOST_ALTERNATIVES), inner(regex(pattern = "^[1-5]xx$")))]
    pub status_class: Vec<String>,
    /// Who asked.
    #[schemars(length(max = MOST_ALTERNATIVES))]
    pub user: Vec<String>,
}

impl Only {
    /// Whether requests with a status of this class may count.
    pub fn has_class(&self, name: &str) -> bool {
        self.status_class.iter().any(|class| class == name)
    }
}

/// One row of the answer. Times in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AggregateRow {
    /// The groups' values under their column names. A time bucket is its RFC 3339 start.
    #[serde(flatten)]
    pub groups: BTreeMap<String, Value>,
    /// How many requests.
    pub count: u64,
    /// Which part of them was answered with a status of 500 or more, 0 to 1.
    pub error_rate: f64,
    /// How many users asked, those who are not known aside.
    pub unique_users: u64,
    /// Mean response time.
    pub mean: f64,
    /// The fastest.
    pub min: f64,
    /// The slowest.
    pub max: f64,
    /// Half of the requests were at least this fast. All percentiles are by the nearest-rank method.
    pub p50: f64,
    /// 95 % of the requests were at least this fast.
    pub p95: f64,
    /// 99 % of the requests were at least this fast.
    pub p99: f64,
}
