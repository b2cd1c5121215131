//! Telling somebody's server that a task has ended.

use crate::ids::{RequestId, TenantId};
use crate::task::Task;

/// The end of a task whose submitter wants to be told. Holds names only: what is told is read from
/// the task when it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// Whose task.
    pub tenant: TenantId,
    /// The task.
    pub request_id: RequestId,
    /// The version that ended it. A task that is retried ends again, with another one.
    pub version: u64,
}

impl Callback {
    /// What is to be told of a task, if anything: it has ended, and its submitter wants to know.
    pub fn due(task: &Task) -> Option<Self> {
        let wanted = task.terms.callback_url.is_some() && task.status().is_terminal();
        wanted.then(|| Self {
            tenant: task.tenant.clone(),
            request_id: task.request_id,
            version: task.version,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::build::{self, NOW};
    use time::Duration;

    use super::*;
    use crate::task::TaskResult;

    #[test]
    fn only_an_end_is_told_and_only_to_who_wants_to_know() {
        for (url, told) in [
            (Some("https://example.org/hook".to_owned()), true),
            (None, false),
        ] {
            let mut task = build::task(&build::tenant(), "aggregate", json!({}));
            task.terms.callback_url = url;
            assert_eq!(Callback::due(&task), None);
            let token = build::lease_token();
            task.claim(token, NOW, Duration::MINUTE).unwrap();
            assert_eq!(Callback::due(&task), None);
            let result = TaskResult::Inline { value: json!({}) };
            task.complete(token, result, NOW).unwrap();
            let due = Callback::due(&task);
            assert_eq!(due.map(|callback| callback.version), told.then_some(3));
        }
    }
}
