//! The message that asks a worker to run a task.

use domain::ports::Job;
use domain::{RequestId, TenantId, Trace};
use protocol::queue::{TaskMessage, VERSION};

use super::{Unreadable, read, read_trace};

/// Which task a worker is asked to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRef {
    /// Whose.
    pub tenant: TenantId,
    /// The task.
    pub request_id: RequestId,
    /// The trace of the call that submitted it.
    pub trace: Option<Trace>,
}

/// The message that asks for the task to be run.
pub fn task_message(job: &Job) -> TaskMessage {
    TaskMessage {
        v: VERSION,
        tenant: job.tenant.to_string(),
        request_id: job.request_id.to_string(),
        trace: job.trace.map(String::from),
        run_at: job.run_at,
    }
}

/// Reads a message's body.
pub fn read_task(body: &str) -> Result<TaskRef, Unreadable> {
    let message: TaskMessage = read(body)?;
    Ok(TaskRef {
        tenant: TenantId::new(message.tenant)?,
        request_id: message.request_id.parse()?,
        trace: read_trace(message.trace.as_deref()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use testkit::ambient::Counting;
    use testkit::build;

    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let mut task = build::task(&build::tenant(), "aggregate", Value::Null);
        for trace in [None, Some(Trace::begin(&Counting::default()))] {
            task.trace = trace;
            let body = serde_json::to_string(&task_message(&Job::from(&task))).unwrap();
            let expected = TaskRef {
                tenant: task.tenant.clone(),
                request_id: task.request_id,
                trace,
            };
            assert_eq!(read_task(&body).unwrap(), expected);
        }
    }

    #[test]
    fn a_task_for_later_says_so_in_its_message() {
        let task = build::task(&build::tenant(), "aggregate", Value::Null);
        let mut job = Job::from(&task);
        for run_at in [None, Some(build::NOW)] {
            job.run_at = run_at;
            assert_eq!(task_message(&job).run_at, run_at);
        }
    }

    #[test]
    fn a_message_from_before_traces_or_with_a_strange_one_is_read() {
        let id = build::request_id();
        for trace in ["", r#","trace":null"#, r#","trace":"01-strange""#] {
            let body = format!(r#"{{"v":1,"tenant":"acme","request_id":"{id}"{trace}}}"#);
            let read = read_task(&body).unwrap();
            assert_eq!((read.request_id, read.trace), (id, None), "{trace}");
        }
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
