//! What the invocation's log line shows of a task: fields of the caller's span, which has a place for
//! each of them.
//!
//! | field | |
//! |---|---|
//! | `trace.id` | the trace of the call that submitted it |
//! | `task.kind`, `task.attempt` | of the claim |
//! | `wait_ms` | how long the task was ready to run before it was claimed, in milliseconds |
//! | `task.outcome` | `completed`, `failed`, `timed_out` or `given_back` |
//! | `code` | of the failure |

use domain::{Failure, Task};
use time::OffsetDateTime;
use tracing::Span;

/// A task that was read.
pub(super) fn found(task: &Task) {
    Span::current().record("trace.id", task.trace.map(|trace| trace.id()));
}

/// A claim: the task before it, and as it is now.
pub(super) fn claimed(before: &Task, task: &Task, now: OffsetDateTime) {
    let since = before.updated_at;
    let ready = task.terms.run_at.map_or(since, |at| at.max(since));
    let span = Span::current();
    span.record("task.kind", &task.kind);
    span.record("task.attempt", task.attempt);
    span.record("wait_ms", (now - ready).as_seconds_f64() * 1_000.0);
}

/// The end of an attempt.
pub(super) fn ended(outcome: &'static str, failure: Option<&Failure>) {
    let span = Span::current();
    span.record("task.outcome", outcome);
    span.record("code", failure.map(|failure| failure.code.as_str()));
}
