//! Every task that a run meets, numbered, and what the code's own transitions make of it.
//!
//! The transitions are plain functions, so each is called once per task, act and token, and its
//! outcome kept. A task is written in a form in which equal situations are equal values:
//!
//! - Time is relative. It is always [`NOW`]; a live lease ends [`LEASE`] later, one that has run
//!   out ends now. The transitions only compare, so moving the lease instead of the clock is the
//!   same.
//! - Of the history the newest entry is kept. That each change adds exactly one entry, and leaves
//!   the older ones as they were, is checked before.

use std::collections::HashMap;

use domain::task::{Lease, NewTask, Progress, Refused, State, TaskResult, Terms};
use domain::{Failure, LeaseToken, RequestId, Status, Task, TenantId, UserId};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;
const LEASE: Duration = Duration::seconds(30);

/// A task's number in the [`Book`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TaskNo(u16);

/// A lease token; 0 is none. Tokens are only compared, so one that nothing names any more can be
/// given out again: what is proved for it holds for a token that was never used.
pub(crate) type Token = u8;

/// A transition of `domain::task`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    Claim,
    Advance,
    Complete,
    Fail,
    TimeOut,
    Release,
    Reject,
    Cancel,
    Retry,
}

/// What the steps and rules need to know of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) version: u8,
    pub(crate) status: Status,
    pub(crate) lease: Option<Hold>,
    /// What the limit of attempts counts.
    pub(crate) tries: u8,
    pub(crate) reported: bool,
}

/// Who holds a task, and whether for longer than now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) token: Token,
    pub(crate) live: bool,
}

impl Facts {
    pub(crate) fn ended(self) -> bool {
        self.status.is_terminal()
    }

    pub(crate) fn held_by(self, token: Token) -> bool {
        self.lease.is_some_and(|lease| lease.token == token)
    }

    /// Anybody may claim it.
    pub(crate) fn open(self) -> bool {
        !self.ended() && !self.lease.is_some_and(|lease| lease.live)
    }
}

/// All tasks of a run.
#[derive(Default)]
pub(crate) struct Book {
    tasks: Vec<Task>,
    facts: Vec<Facts>,
    numbers: HashMap<String, TaskNo>,
    outcomes: HashMap<(TaskNo, Act, Token), Result<TaskNo, Refused>>,
    moved: HashMap<(TaskNo, bool), TaskNo>,
}

impl Book {
    /// A task that has just been submitted.
    pub(crate) fn submitted(&mut self) -> TaskNo {
        self.number(Task::submit(new_task(), NOW))
    }

    pub(crate) fn facts(&self, no: TaskNo) -> Facts {
        self.facts[usize::from(no.0)]
    }

    /// What the code makes of the task, or why it refuses.
    pub(crate) fn act(&mut self, no: TaskNo, act: Act, token: Token) -> Result<TaskNo, Refused> {
        if let Some(known) = self.outcomes.get(&(no, act, token)) {
            return known.clone();
        }
        let before = &self.tasks[usize::from(no.0)];
        let mut after = before.clone();
        let outcome = perform(&mut after, act, token);
        check(before, &after, outcome.is_ok());
        let outcome = outcome.map(|()| self.number(after));
        self.outcomes.insert((no, act, token), outcome.clone());
        outcome
    }

    /// The same task, its lease moved by the clock or by a renewal.
    pub(crate) fn with_lease(&mut self, no: TaskNo, live: bool) -> TaskNo {
        if let Some(known) = self.moved.get(&(no, live)) {
            return *known;
        }
        let mut task = self.tasks[usize::from(no.0)].clone();
        if let State::Running { lease } = &mut task.state {
            lease.until = if live { NOW + LEASE } else { NOW };
        }
        let moved = self.number(task);
        self.moved.insert((no, live), moved);
        moved
    }

    fn number(&mut self, mut task: Task) -> TaskNo {
        let surplus = task.updates.len().saturating_sub(1);
        task.updates.drain(..surplus);
        let key = format!("{task:?}");
        if let Some(known) = self.numbers.get(&key) {
            return *known;
        }
        let no = TaskNo(u16::try_from(self.tasks.len()).unwrap_or(u16::MAX));
        self.facts.push(facts(&task));
        self.tasks.push(task);
        self.numbers.insert(key, no);
        no
    }
}

fn new_task() -> NewTask {
    let name = "it".to_owned();
    NewTask {
        request_id: RequestId::new(Uuid::from_u128(1)),
        tenant: TenantId::new(name.clone()).expect("a valid name"),
        owner: UserId::new(name.clone()).expect("a valid name"),
        kind: name,
        input: json!(null),
        tags: vec![],
        terms: Terms::default(),
    }
}

fn perform(task: &mut Task, act: Act, token: Token) -> Result<(), Refused> {
    let lease = LeaseToken::new(Uuid::from_u128(u128::from(token)));
    let failure = Failure::permanent("code", "message");
    // The result shows whose it is, so that two workers' results differ.
    let result = TaskResult::Inline {
        value: json!(token),
    };
    let progress = Progress {
        percent: 50,
        message: String::new(),
    };
    match act {
        Act::Claim => task.claim(lease, NOW, LEASE),
        Act::Advance => task.advance(lease, progress, NOW, LEASE),
        Act::Complete => task.complete(lease, result, NOW),
        Act::Fail => task.fail(lease, failure, NOW),
        Act::TimeOut => task.time_out(lease, failure, NOW),
        Act::Release => task.release(lease, failure, NOW),
        Act::Reject => task.reject(failure, NOW),
        Act::Cancel => task.cancel(NOW),
        Act::Retry => task.retry(NOW),
    }
}

/// What every transition promises by itself.
fn check(before: &Task, after: &Task, done: bool) {
    if !done {
        assert_eq!(before, after, "a refused act changed the task");
        return;
    }
    let (latest, older) = after.updates.split_last().expect("a history");
    assert_eq!(older, before.updates, "the history was changed");
    assert_eq!(latest.version, after.version);
    assert_eq!(latest.status, after.status());
    assert_eq!(latest.phase, after.phase());
}

fn facts(task: &Task) -> Facts {
    let lease = match &task.state {
        State::Running { lease } => Some(hold(*lease)),
        _ => None,
    };
    Facts {
        version: small(task.version),
        status: task.status(),
        lease,
        tries: small(task.tries.into()),
        reported: task.progress.is_some(),
    }
}

fn hold(lease: Lease) -> Hold {
    let token = Uuid::parse_str(&lease.token.to_string()).expect("a token is a UUID");
    Hold {
        token: u8::try_from(token.as_u128()).expect("one of ours"),
        live: lease.until > NOW,
    }
}

fn small(number: u64) -> u8 {
    u8::try_from(number).expect("the run's faults are few")
}
