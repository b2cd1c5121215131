//! The ends of tasks as receivers of webhooks see them.

use domain::Task;
use domain::ports::ResultLink;
use domain::task::Status;
use protocol::webhook::{WebhookBody, WebhookTask, WebhookType};

use crate::part;
use crate::task::result_fields;

/// How the task ended with this version; none where it did not end with it, or its history no
/// longer reaches back so far. `link` leads to a result that is kept elsewhere.
pub fn body(task: &Task, version: u64, link: Option<&ResultLink>) -> Option<WebhookBody> {
    let mut updates = task.updates.iter();
    let end = updates.find(|update| update.version == version)?;
    let kind = kind(end.status)?;
    // A task that was retried since has lost what came out then, or has another result by now.
    let result = task.state.result().filter(|_| task.version == version);
    let (result, result_url) = result_fields(result, link);
    Some(WebhookBody {
        kind,
        timestamp: end.at,
        data: WebhookTask {
            request_id: task.request_id.to_string(),
            kind: task.kind.clone(),
            status: part::status(end.status),
            version,
            tags: task.tags.clone(),
            result,
            result_url,
            error: end.error.as_ref().map(part::error),
        },
    })
}

fn kind(status: Status) -> Option<WebhookType> {
    match status {
        Status::Processing => None,
        Status::Completed => Some(WebhookType::Completed),
        Status::Failed => Some(WebhookType::Failed),
        Status::Cancelled => Some(WebhookType::Cancelled),
        Status::TimedOut => Some(WebhookType::TimedOut),
    }
}

#[cfg(test)]
mod tests {
    use domain::{Failure, TaskResult};
    use serde_json::json;
    use testkit::build::{self, NOW};
    use time::Duration;

    use super::*;

    fn running() -> (Task, domain::LeaseToken) {
        let mut task = build::task(&build::tenant(), "aggregate", json!({}));
        let token = build::lease_token();
        task.claim(token, NOW, Duration::MINUTE).unwrap();
        (task, token)
    }

    #[test]
    fn an_end_is_told_with_its_result() {
        let (mut task, token) = running();
        let value = json!({"rows": []});
        let result = TaskResult::Inline {
            value: value.clone(),
        };
        task.complete(token, result, NOW).unwrap();
        let body = body(&task, 3, None).unwrap();
        assert_eq!(body.kind, WebhookType::Completed);
        assert_eq!((body.timestamp, body.data.version), (NOW, 3));
        assert_eq!(body.data.result, Some(value));
    }

    #[test]
    fn a_large_result_is_told_by_its_link() {
        let (mut task, token) = running();
        let stored = TaskResult::Stored {
            key: "k".into(),
            bytes: 40_000,
        };
        task.complete(token, stored, NOW).unwrap();
        let link = ResultLink {
            url: "https://bucket/key?signature".into(),
            expires_at: NOW,
        };
        let data = body(&task, 3, Some(&link)).unwrap().data;
        assert_eq!((data.result, data.result_url), (None, Some(link.url)));
    }

    #[test]
    fn a_failure_is_told_by_code_and_message() {
        let (mut task, token) = running();
        let failure = Failure::permanent("invalid_input", "window: unknown");
        task.fail(token, failure, NOW).unwrap();
        let body = body(&task, 3, None).unwrap();
        let shown = serde_json::to_value(&body).unwrap();
        assert_eq!(shown["type"], "task.failed");
        let error = json!({"code": "invalid_input", "message": "window: unknown"});
        assert_eq!(shown["data"]["error"], error);
    }

    #[test]
    fn what_is_no_end_is_not_told() {
        let (task, _) = running();
        for version in [0, 1, 2, 3] {
            assert_eq!(body(&task, version, None), None, "{version}");
        }
    }
}
