//! The parts that bodies, frames and messages have in common.

use domain::Failure;
use domain::task::{Phase, Priority, Progress, Status};
use protocol::task as wire;
use time::Duration;

pub(crate) fn status(status: Status) -> wire::Status {
    match status {
        Status::Processing => wire::Status::Processing,
        Status::Completed => wire::Status::Completed,
        Status::Failed => wire::Status::Failed,
        Status::Cancelled => wire::Status::Cancelled,
        Status::TimedOut => wire::Status::TimedOut,
    }
}

pub(crate) fn read_status(status: wire::Status) -> Status {
    match status {
        wire::Status::Processing => Status::Processing,
        wire::Status::Completed => Status::Completed,
        wire::Status::Failed => Status::Failed,
        wire::Status::Cancelled => Status::Cancelled,
        wire::Status::TimedOut => Status::TimedOut,
    }
}

pub(crate) fn phase(phase: Phase) -> wire::Phase {
    match phase {
        Phase::Queued => wire::Phase::Queued,
        Phase::Running => wire::Phase::Running,
    }
}

pub(crate) fn read_phase(phase: wire::Phase) -> Phase {
    match phase {
        wire::Phase::Queued => Phase::Queued,
        wire::Phase::Running => Phase::Running,
    }
}

pub(crate) fn priority(priority: Priority) -> wire::Priority {
    match priority {
        Priority::Normal => wire::Priority::Normal,
        Priority::High => wire::Priority::High,
    }
}

pub(crate) fn read_priority(priority: wire::Priority) -> Priority {
    match priority {
        wire::Priority::Normal => Priority::Normal,
        wire::Priority::High => Priority::High,
    }
}

pub(crate) fn progress(progress: &Progress) -> wire::Progress {
    wire::Progress {
        percent: progress.percent,
        message: progress.message.clone(),
    }
}

pub(crate) fn read_progress(progress: wire::Progress) -> Progress {
    Progress {
        percent: progress.percent,
        message: progress.message,
    }
}

/// Whether another attempt can help is ours to know: callers see code and message.
pub(crate) fn error(failure: &Failure) -> wire::TaskError {
    wire::TaskError {
        code: failure.code.clone(),
        message: failure.message.clone(),
    }
}

/// Whole milliseconds; nothing of ours is before now or longer than any clock.
pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.whole_milliseconds()).unwrap_or_default()
}

pub(crate) fn read_milliseconds(milliseconds: u64) -> Duration {
    Duration::milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}
