//! Reports: results that are kept to be looked up, under a title, long after their tasks are gone.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;
use time::{Duration, OffsetDateTime};

use crate::ids::{RequestId, TenantId};
use crate::task::{State, Task, TaskResult};

/// How long a report is kept that holds its result itself: as long as the events that it tells of.
pub const KEPT: Duration = Duration::days(400);

/// How long one is kept whose result lies in the result store: as long as that keeps it
/// (`ResultsBucket` in template.yaml).
pub const KEPT_APART: Duration = Duration::days(30);

/// A completed task's result, kept under a title. It follows from the task alone, and a completed
/// task never changes; so making and saving it again changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What a list shows of it.
    pub head: ReportHead,
    /// What came out.
    pub result: TaskResult,
}

/// What a list shows of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportHead {
    /// The task that made it; names the report too.
    pub request_id: RequestId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What it is called.
    pub title: String,
    /// The task's kind.
    pub kind: String,
    /// The task's input.
    pub input: Value,
    /// The task's labels.
    pub tags: Vec<String>,
    /// When the task ended, in whole milliseconds.
    pub created_at: OffsetDateTime,
    /// How many rows the result has, where it has any and is small.
    pub row_count: Option<u64>,
    /// The length of the result as JSON.
    pub bytes: u64,
}

impl Report {
    /// The report of a completed task; none of any other.
    pub fn of(task: &Task, title: String) -> Option<Self> {
        let State::Completed { result } = &task.state else {
            return None;
        };
        let (row_count, bytes) = match result {
            TaskResult::Inline { value } => (row_count(value), length(&value.to_string())),
            TaskResult::Stored { bytes, .. } => (None, *bytes),
        };
        let head = ReportHead {
            request_id: task.request_id,
            tenant: task.tenant.clone(),
            title,
            kind: task.kind.clone(),
            input: task.input.clone(),
            tags: task.tags.clone(),
            created_at: whole_milliseconds(task.finished_at.unwrap_or(task.updated_at)),
            row_count,
            bytes,
        };
        let result = result.clone();
        Some(Self { head, result })
    }

    /// When it is removed.
    pub fn expires_at(&self) -> OffsetDateTime {
        let kept = match self.result {
            TaskResult::Inline { .. } => KEPT,
            TaskResult::Stored { .. } => KEPT_APART,
        };
        self.head.created_at.saturating_add(kept)
    }
}

fn row_count(value: &Value) -> Option<u64> {
    value.get("rows")?.as_array().map(length)
}

fn length<T: AsRef<[U]> + ?Sized, U>(of: &T) -> u64 {
    u64::try_from(of.as_ref().len()).unwrap_or(u64::MAX)
}

fn whole_milliseconds(moment: OffsetDateTime) -> OffsetDateTime {
    let beyond = i64::from(moment.nanosecond() % 1_000_000);
    moment - Duration::nanoseconds(beyond)
}

/// Which reports to list: newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportQuery {
    /// Only reports after this place, in the order of the list: where the page before ended.
    pub after: Option<ReportPlace>,
    /// At most this many.
    pub limit: usize,
}

/// A place in the list, behind one report. Greater places come later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportPlace {
    created_at: Reverse<OffsetDateTime>,
    request_id: Reverse<RequestId>,
}

impl ReportPlace {
    /// The place behind a report.
    pub fn behind(head: &ReportHead) -> Self {
        Self {
            created_at: Reverse(head.created_at),
            request_id: Reverse(head.request_id),
        }
    }

    /// When the report before it was made.
    pub fn created_at(self) -> OffsetDateTime {
        self.created_at.0
    }

    /// That report's name.
    pub fn request_id(self) -> RequestId {
        self.request_id.0
    }
}

/// Text that is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no place among reports")]
pub struct NoPlace;

impl fmt::Display for ReportPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self
            .created_at()
            .unix_timestamp_nanos()
            .div_euclid(1_000_000);
        write!(f, "{ms}/{}", self.request_id())
    }
}

impl FromStr for ReportPlace {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (ms, id) = text.split_once('/').ok_or(NoPlace)?;
        let ms: i64 = ms.parse().map_err(|_| NoPlace)?;
        let created_at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000);
        Ok(Self {
            created_at: Reverse(created_at.map_err(|_| NoPlace)?),
            request_id: Reverse(id.parse().map_err(|_| NoPlace)?),
        })
    }
}

#[cfg(test)]
mod tests;
