//! What holds after any sequence of transitions.

use proptest::prelude::*;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{MOST_UPDATES, NewTask, Progress, State, Status, Task, TaskResult, Terms};
use crate::failure::Failure;
use crate::ids::{LeaseToken, RequestId, TenantId, UserId};

const LEASE: Duration = Duration::seconds(30);

#[derive(Debug, Clone, Copy)]
enum Act {
    Claim(u8),
    Advance(u8),
    Complete(u8),
    Fail(u8),
    TimeOut(u8),
    Release(u8),
    Reject,
    Cancel,
    Retry,
    Wait(u8),
}

fn act() -> impl Strategy<Value = Act> {
    let worker = 0..3_u8;
    prop_oneof![
        4 => worker.clone().prop_map(Act::Claim),
        4 => worker.clone().prop_map(Act::Advance),
        1 => worker.clone().prop_map(Act::Complete),
        1 => worker.clone().prop_map(Act::Fail),
        1 => worker.clone().prop_map(Act::TimeOut),
        2 => worker.prop_map(Act::Release),
        1 => Just(Act::Reject),
        1 => Just(Act::Cancel),
        1 => Just(Act::Retry),
        2 => (0..60_u8).prop_map(Act::Wait),
    ]
}

fn new_task(now: OffsetDateTime) -> Task {
    let new = NewTask {
        request_id: RequestId::new(Uuid::from_u128(1)),
        tenant: TenantId::new("t").unwrap(),
        owner: UserId::new("u").unwrap(),
        kind: "k".into(),
        input: serde_json::Value::Null,
        tags: vec![],
        terms: Terms::default(),
    };
    Task::submit(new, now)
}

fn token(worker: u8) -> LeaseToken {
    LeaseToken::new(Uuid::from_u128(u128::from(worker) + 10))
}

/// What each state lets happen, as a table to hold the code against.
fn is_allowed(task: &Task, act: Act, now: OffsetDateTime) -> bool {
    let holder = match &task.state {
        State::Running { lease } => Some(lease),
        _ => None,
    };
    let queued = task.state == State::Queued;
    match act {
        Act::Claim(_) => queued || holder.is_some_and(|lease| lease.until <= now),
        Act::Advance(w) | Act::Complete(w) | Act::Fail(w) | Act::TimeOut(w) | Act::Release(w) => {
            holder.is_some_and(|lease| lease.token == token(w))
        }
        Act::Reject => queued,
        Act::Cancel => queued || holder.is_some(),
        Act::Retry => !queued && holder.is_none() && task.status() != Status::Completed,
        Act::Wait(_) => false,
    }
}

/// A task without what its transitions may change.
fn what_was_asked_for(mut task: Task) -> Task {
    let asked = new_task(task.created_at);
    (task.state, task.version) = (asked.state, asked.version);
    (task.attempt, task.tries) = (asked.attempt, asked.tries);
    (task.progress, task.updates) = (asked.progress, asked.updates);
    (task.started_at, task.finished_at) = (asked.started_at, asked.finished_at);
    task.updated_at = asked.updated_at;
    task
}

fn perform(task: &mut Task, act: Act, now: &mut OffsetDateTime) -> bool {
    let failure = || Failure::permanent("x", "y");
    let at = *now;
    match act {
        Act::Claim(w) => task.claim(token(w), at, LEASE),
        Act::Advance(w) => {
            let progress = Progress {
                percent: 1,
                message: String::new(),
            };
            task.advance(token(w), progress, at, LEASE)
        }
        Act::Complete(w) => {
            let result = TaskResult::Inline {
                value: serde_json::Value::Null,
            };
            task.complete(token(w), result, at)
        }
        Act::Fail(w) => task.fail(token(w), failure(), at),
        Act::TimeOut(w) => task.time_out(token(w), failure(), at),
        Act::Release(w) => task.release(token(w), failure(), at),
        Act::Reject => task.reject(failure(), at),
        Act::Cancel => task.cancel(at),
        Act::Retry => task.retry(at),
        Act::Wait(seconds) => {
            *now += Duration::seconds(i64::from(seconds));
            return false;
        }
    }
    .is_ok()
}

proptest! {
    #[test]
    fn every_change_is_one_version_and_terminal_states_hold(acts in prop::collection::vec(act(), 0..200)) {
        let mut now = OffsetDateTime::UNIX_EPOCH;
        let mut task = new_task(now);
        for act in acts {
            let before = task.clone();
            let changed = perform(&mut task, act, &mut now);
            if changed {
                prop_assert_eq!(task.version, before.version + 1);
                prop_assert!(!before.status().is_terminal() || matches!(act, Act::Retry));
                prop_assert!(before.status() != Status::Completed);
            } else {
                prop_assert_eq!(&task, &before, "a refused transition changed the task");
            }
            let latest = task.latest().unwrap();
            prop_assert_eq!(latest.version, task.version);
            prop_assert_eq!(latest.status, task.status());
            prop_assert_eq!(latest.phase, task.phase());
            prop_assert!(task.updates.len() <= MOST_UPDATES);
            prop_assert!(task.updates.windows(2).all(|pair| pair[0].version + 1 == pair[1].version));
            prop_assert_eq!(task.finished_at.is_some(), task.status().is_terminal());
        }
    }

    #[test]
    fn each_state_allows_its_acts_and_no_others(acts in prop::collection::vec(act(), 0..200)) {
        let mut now = OffsetDateTime::UNIX_EPOCH;
        let mut task = new_task(now);
        for act in acts {
            let allowed = is_allowed(&task, act, now);
            let state = task.state.clone();
            prop_assert_eq!(perform(&mut task, act, &mut now), allowed, "{:?} of {:?}", act, state);
        }
    }

    #[test]
    fn every_claim_is_an_attempt_and_a_retry_renews_the_tries(acts in prop::collection::vec(act(), 0..200)) {
        let mut now = OffsetDateTime::UNIX_EPOCH;
        let mut task = new_task(now);
        for act in acts {
            let before = task.clone();
            let changed = perform(&mut task, act, &mut now);
            let claimed = u32::from(changed && matches!(act, Act::Claim(_)));
            prop_assert_eq!(task.attempt, before.attempt + claimed);
            let retried = changed && matches!(act, Act::Retry);
            prop_assert_eq!(task.tries, if retried { 0 } else { before.tries + claimed });
        }
    }

    #[test]
    fn the_past_and_what_was_asked_for_never_change(acts in prop::collection::vec(act(), 0..200)) {
        let mut now = OffsetDateTime::UNIX_EPOCH;
        let mut task = new_task(now);
        for act in acts {
            let before = task.clone();
            if perform(&mut task, act, &mut now) {
                let kept = &task.updates[..task.updates.len() - 1];
                prop_assert!(before.updates.ends_with(kept), "the history was changed");
                prop_assert!(kept.len() == before.updates.len() || kept.len() + 1 == MOST_UPDATES);
                prop_assert_eq!(task.updated_at, now);
            }
            prop_assert_eq!(what_was_asked_for(task.clone()), new_task(OffsetDateTime::UNIX_EPOCH));
        }
    }

    #[test]
    fn a_lease_holds_until_another_takes_over(wait in 0..60_i64) {
        let start = OffsetDateTime::UNIX_EPOCH;
        let now = start + Duration::seconds(wait);
        let mut task = new_task(start);
        let mut perform = |act, mut at| perform(&mut task, act, &mut at);
        prop_assert!(perform(Act::Claim(0), start));
        let taken_over = perform(Act::Claim(1), now);
        prop_assert_eq!(taken_over, wait >= LEASE.whole_seconds());
        prop_assert_eq!(perform(Act::Complete(0), now), !taken_over);
    }
}
