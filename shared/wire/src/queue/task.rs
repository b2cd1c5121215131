//! The message that asks a worker to run a task.

use domain::{RequestId, TenantId};
use protocol::queue::{TaskMessage, VERSION};

use super::{Unreadable, read};

/// Which task a worker is asked to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRef {
    /// Whose.
    pub tenant: TenantId,
    /// The task.
    pub request_id: RequestId,
}

/// The message that asks for the task to be run.
pub fn task_message(tenant: &TenantId, id: RequestId) -> TaskMessage {
    TaskMessage {
        v: VERSION,
        tenant: tenant.to_string(),
        request_id: id.to_string(),
    }
}

/// Reads a message's body.
pub fn read_task(body: &str) -> Result<TaskRef, Unreadable> {
    let message: TaskMessage = read(body)?;
    Ok(TaskRef {
        tenant: TenantId::new(message.tenant)?,
        request_id: message.request_id.parse()?,
    })
}

#[cfg(test)]
mod tests {
    use testkit::build;

    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let (tenant, request_id) = (build::tenant(), build::request_id());
        let body = serde_json::to_string(&task_message(&tenant, request_id)).unwrap();
        assert_eq!(read_task(&body).unwrap(), TaskRef { tenant, request_id });
    }

    #[test]
    fn a_newer_version_is_told_apart_from_damage() {
        let newer = r#"{"v":2,"tasks":[]}"#;
        assert!(matches!(
            read_task(newer),
            Err(Unreadable::UnknownVersion(2))
        ));
        for damaged in ["", "[]", "{}", r#"{"v":1}"#, r#"{"v":"1","tenant":"t"}"#] {
            let outcome = read_task(damaged);
            assert!(
                matches!(outcome, Err(Unreadable::Malformed(_))),
                "{damaged}"
            );
        }
    }

    #[test]
    fn names_are_checked() {
        let id = build::request_id();
        let foreign = format!(r#"{{"v":1,"tenant":"a#b","request_id":"{id}"}}"#);
        assert!(matches!(read_task(&foreign), Err(Unreadable::InvalidId(_))));
        let nameless = r#"{"v":1,"tenant":"a","request_id":"1"}"#;
        assert!(matches!(read_task(nameless), Err(Unreadable::InvalidId(_))));
    }
}
