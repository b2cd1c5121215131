//! What a task is charged for calls that cannot be counted as they are made, because what they write
//! is the count itself. All such figures are here.
//!
//! Units of the table follow from the task's own size. The index of tasks that are overdue
//! (`by-attention`) takes one more whenever a task enters or leaves it.

use domain::task::Phase;
use domain::{Callback, Task, Usage};

use crate::compute::Compute;

/// Entering or leaving the index of overdue tasks.
const INDEX: u64 = 1;

/// The update's message to whoever listens.
const ANNOUNCED: u64 = 1;

/// A message to the workers.
const SENT: u64 = 1;

/// The record of an idempotency key, with its index; in a transaction everything is twice the price.
const KEY: u64 = 2;
const TRANSACTED: u64 = 2;

/// What an API call that changes a task takes of the function's time, in microseconds: an allowance
/// for its two or three calls to AWS of a few milliseconds each.
const CALL_MICROS: u64 = 10_000;

/// The API call that submits a task: one write, one message.
pub(crate) fn submission(task: &Task, keyed: bool, compute: &Compute) -> Usage {
    let write = task.write_units() + INDEX;
    let write_units = if keyed {
        TRANSACTED * (write + KEY)
    } else {
        write
    };
    let calls = Usage {
        write_units,
        sqs_requests: SENT,
        ..Usage::NONE
    };
    calls + compute.took(CALL_MICROS)
}

/// Any other API call that changes a task: one read, one write and the messages that tell of it; one
/// more where it asks for the task to be run again.
pub(crate) fn call(task: &Task, compute: &Compute) -> Usage {
    let asks = u64::from(task.phase() == Some(Phase::Queued));
    let read_and_asked = Usage {
        read_half_units: 2 * task.read_units(),
        sqs_requests: asks * SENT,
        ..Usage::NONE
    };
    read_and_asked + last_write(task) + compute.took(CALL_MICROS)
}

/// The write that ends an attempt, and the messages that tell of it.
pub(crate) fn last_write(task: &Task) -> Usage {
    let called_back = u64::from(Callback::due(task).is_some());
    Usage {
        write_units: task.write_units() + INDEX,
        sqs_requests: ANNOUNCED + called_back,
        ..Usage::NONE
    }
}

/// The end of a task that had a place in its tenant's lane, where nobody waits for it: one update of
/// the lane, one query.
pub(crate) const PLACE_GIVEN_BACK: Usage = Usage {
    write_units: 1,
    read_half_units: 2,
    ..Usage::NONE
};

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::build::{self, NOW};

    use super::*;

    fn task() -> Task {
        build::task(&build::tenant(), "aggregate", json!({"window": "all"}))
    }

    #[test]
    fn a_submission_is_a_write_a_message_and_some_time() {
        let compute = Compute::lambda(256);
        let usage = submission(&task(), false, &compute);
        let calls = Usage {
            write_units: 3,
            sqs_requests: 1,
            ..Usage::NONE
        };
        assert_eq!(usage, calls + Usage::lambda(CALL_MICROS, 256));
        let keyed = submission(&task(), true, &Compute::unpaid());
        assert_eq!((keyed.write_units, keyed.sqs_requests), (10, 1));
        assert_eq!(keyed.lambda_micros, 0);
    }

    #[test]
    fn a_call_tells_who_listens_and_asks_a_worker_where_there_is_work() {
        let compute = Compute::unpaid();
        let mut task = task();
        task.cancel(NOW).unwrap();
        assert_eq!(call(&task, &compute).sqs_requests, 1);
        task.terms.callback_url = Some("https://example.org/hook".into());
        assert_eq!(call(&task, &compute).sqs_requests, 2);
        task.retry(NOW).unwrap();
        assert_eq!(call(&task, &compute).sqs_requests, 2);
        assert_eq!(call(&task, &compute).read_half_units, 2);
    }
}
