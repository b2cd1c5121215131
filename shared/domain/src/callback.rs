//! Telling somebody's server that a task has ended.

use crate::Trace;
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
    /// The trace of the call that submitted the task.
    pub trace: Option<Trace>,
}

impl Callback {
    /// What is to be told of a task, if anything: it has ended, and its submitter wants to know.
    pub fn due(task: &Task) -> Option<Self> {
        let wanted = task.terms.callback_url.is_some() && task.status().is_terminal();
        wanted.then(|| Self {
            tenant: task.tenant.clone(),
            request_id: task.request_id,
            version: task.version,
            trace: task.trace,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use time::{Duration, OffsetDateTime};
    use uuid::Uuid;

    use super::*;
    use crate::LeaseToken;
    use crate::ids::UserId;
    use crate::task::{NewTask, TaskResult, Terms};

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn submitted(callback_url: Option<&str>) -> Task {
        let terms = Terms {
            callback_url: callback_url.map(Into::into),
            ..Terms::default()
        };
        let new = NewTask {
            request_id: RequestId::new(Uuid::nil()),
            tenant: TenantId::new("acme").unwrap(),
            owner: UserId::new("ann").unwrap(),
            kind: "aggregate".into(),
            input: Value::Null,
            tags: vec![],
            terms,
        };
        Task::submit(new, NOW)
    }

    #[test]
    fn only_an_end_is_told_and_only_to_who_wants_to_know() {
        for (url, told) in [(Some("https://example.org/hook"), Some(3)), (None, None)] {
            let mut task = submitted(url);
            assert_eq!(Callback::due(&task), None);
            let token = LeaseToken::new(Uuid::nil());
            task.claim(token, NOW, Duration::MINUTE).unwrap();
            assert_eq!(Callback::due(&task), None);
            let value = Value::Null;
            task.complete(token, TaskResult::Inline { value }, NOW)
                .unwrap();
            let due = Callback::due(&task);
            assert_eq!(due.map(|callback| callback.version), told);
        }
    }
}
