//! Tasks as HTTP bodies.

use domain::Task;
use domain::ports::ResultLink;
use domain::task::{Attempt, AttemptOutcome, Priority, TaskResult, Update};
use protocol::http::{AttemptBody, TaskBody, TaskSummary, UpdateBody};
use serde_json::Value;

use crate::part;

/// A priority as a caller gives it.
pub fn read_priority(priority: protocol::task::Priority) -> Priority {
    part::read_priority(priority)
}

/// A task as a list shows it.
pub fn summary(task: &Task) -> TaskSummary {
    TaskSummary {
        request_id: task.request_id.to_string(),
        kind: task.kind.clone(),
        status: part::status(task.status()),
        phase: task.phase().map(part::phase),
        version: task.version,
        progress: task.progress.as_ref().map(part::progress),
        attempt: task.attempt,
        error: task.state.failure().map(part::error),
        tags: task.tags.clone(),
        priority: part::priority(task.terms.priority),
        run_at: task.terms.run_at,
        deadline: task.terms.deadline,
        created_at: task.created_at,
        updated_at: task.updated_at,
        started_at: task.started_at,
        finished_at: task.finished_at,
    }
}

/// A task with its input, result and history, without what it used. `link` leads to a result that is kept elsewhere.
pub fn body(task: &Task, link: Option<&ResultLink>) -> TaskBody {
    let (result, result_url) = result_fields(task.state.result(), link);
    TaskBody {
        summary: summary(task),
        input: task.input.clone(),
        callback_url: task.terms.callback_url.clone(),
        result,
        result_url,
        attempts: task.attempts().iter().map(attempt).collect(),
        updates: task.updates.iter().map(update).collect(),
        usage: None,
        cost_usd: None,
    }
}

fn attempt(attempt: &Attempt) -> AttemptBody {
    AttemptBody {
        attempt: attempt.number,
        started_at: attempt.started_at,
        ended_at: attempt.ended_at,
        outcome: outcome(attempt.outcome),
        error: attempt.error.as_ref().map(part::error),
    }
}

fn outcome(outcome: AttemptOutcome) -> protocol::http::AttemptOutcome {
    use protocol::http::AttemptOutcome as Wire;
    match outcome {
        AttemptOutcome::Running => Wire::Running,
        AttemptOutcome::Completed => Wire::Completed,
        AttemptOutcome::Failed => Wire::Failed,
        AttemptOutcome::Released => Wire::Released,
        AttemptOutcome::Cancelled => Wire::Cancelled,
        AttemptOutcome::TimedOut => Wire::TimedOut,
        AttemptOutcome::Lost => Wire::Lost,
    }
}

/// One change of a task.
pub fn update(update: &Update) -> UpdateBody {
    UpdateBody {
        version: update.version,
        status: part::status(update.status),
        phase: update.phase.map(part::phase),
        progress: update.progress.as_ref().map(part::progress),
        attempt: update.attempt,
        error: update.error.as_ref().map(part::error),
        at: update.at,
    }
}

/// The `result` and `result_url` of a body or frame: a small result as it is, a large one as its
/// link.
pub(crate) fn result_fields(
    result: Option<&TaskResult>,
    link: Option<&ResultLink>,
) -> (Option<Value>, Option<String>) {
    match result {
        None => (None, None),
        Some(TaskResult::Inline { value }) => (Some(value.clone()), None),
        Some(TaskResult::Stored { .. }) => (None, link.map(|link| link.url.clone())),
    }
}

#[cfg(test)]
mod tests {
    use domain::Failure;
    use serde_json::json;
    use testkit::build::{self, NOW};
    use time::Duration;

    use super::*;

    fn completed(result: TaskResult) -> Task {
        let mut task = build::task(&build::tenant(), "aggregate", json!({"window": "all"}));
        let token = build::lease_token();
        task.claim(token, NOW, Duration::seconds(30)).unwrap();
        task.complete(token, result, NOW).unwrap();
        task
    }

    #[test]
    fn a_small_result_is_shown_as_it_is() {
        let value = json!({"rows": []});
        let body = body(
            &completed(TaskResult::Inline {
                value: value.clone(),
            }),
            None,
        );
        assert_eq!((body.result, body.result_url), (Some(value), None));
        assert_eq!(body.updates.len(), 3);
        assert_eq!(body.input, json!({"window": "all"}));
    }

    #[test]
    fn a_large_result_is_shown_as_its_link() {
        let link = ResultLink {
            url: "https://bucket/key?signature".into(),
            expires_at: NOW,
        };
        let stored = TaskResult::Stored {
            key: "t/results/r/1.json".into(),
            bytes: 40_000,
        };
        let body = body(&completed(stored), Some(&link));
        assert_eq!((body.result, body.result_url), (None, Some(link.url)));
    }

    #[test]
    fn a_failure_is_shown_by_code_and_message() {
        let mut task = build::task(&build::tenant(), "aggregate", json!({}));
        let token = build::lease_token();
        task.claim(token, NOW, Duration::seconds(30)).unwrap();
        let failure = Failure::permanent("invalid_input", "window: unknown");
        task.fail(token, failure, NOW).unwrap();
        let json = serde_json::to_value(summary(&task)).unwrap();
        assert_eq!(json["status"], "failed");
        assert_eq!(json["phase"], Value::Null);
        let error = json!({"code": "invalid_input", "message": "window: unknown"});
        assert_eq!(json["error"], error);
    }
}
