//! What several shapes have in them.

use protocol::frames::ResumedTask;
use protocol::http::{ConnectionCount, PoolProcess, QueueBody, SystemBody};
use protocol::task::{Progress, TaskError};
use time::OffsetDateTime;
use time::macros::datetime;

pub(crate) const AT: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

pub(crate) const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

pub(crate) const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

pub(crate) const RESUMED: ResumedTask = ResumedTask {
    version: 0,
    recovered: false,
};

pub(crate) fn progress() -> Progress {
    Progress {
        percent: 40,
        message: "grouping".into(),
    }
}

pub(crate) fn error() -> TaskError {
    TaskError {
        code: "store_unavailable".into(),
        message: "mongodb did not answer".into(),
    }
}

pub(crate) fn system() -> SystemBody {
    SystemBody {
        at: AT,
        queues: vec![QueueBody {
            name: "work".into(),
            visible: 12,
            in_flight: 3,
            delayed: 1,
            dead: 2,
        }],
        connections: ConnectionCount {
            open: 7,
            counted_all: true,
        },
        pool: vec![PoolProcess {
            id: "p-1".into(),
            started_at: AT,
            seen_at: AT,
            alive: true,
            capacity: 8,
            running: 2,
            oldest_wait_ms: Some(40),
            taken: 71,
        }],
        overflow: "lambda".into(),
    }
}
