//! Reports of workers outside as HTTP bodies.

use domain::task::Progress;
use domain::{Failure, Task};
use protocol::http::{NotifiedBody, NotifyBody};
use protocol::task::{Progress as WireProgress, TaskError};

use crate::part;

/// How far a task is, as the domain has it.
pub fn progress(progress: WireProgress) -> Progress {
    part::read_progress(progress)
}

/// Why a worker outside has given up. Whoever wants the task tried again retries it.
pub fn failure(error: TaskError) -> Failure {
    Failure::permanent(error.code, error.message)
}

/// Fields that the body's status does not take.
pub fn surplus(body: &NotifyBody) -> Vec<&'static str> {
    use protocol::task::Status;
    let given = [
        ("progress", body.progress.is_some(), Status::Processing),
        ("result", body.result.is_some(), Status::Completed),
        ("error", body.error.is_some(), Status::Failed),
    ];
    let surplus = given
        .into_iter()
        .filter(|(_, is_given, status)| *is_given && *status != body.status);
    surplus.map(|(name, ..)| name).collect()
}

/// The answer to a report.
pub fn notified(task: &Task) -> NotifiedBody {
    NotifiedBody {
        request_id: task.request_id.to_string(),
        status: part::status(task.status()),
        phase: task.phase().map(part::phase),
        version: task.version,
    }
}
