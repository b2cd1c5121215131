//! One situation of the whole system: the stored task, the queues, the workers, the user.

use crate::book::{Act, TaskNo, Token};

/// Most workers of a run.
pub(crate) const WORKERS: usize = 3;

/// Messages that name the task, at most.
pub(crate) const SLOTS: usize = 2;

/// Everything that tells one situation from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct World {
    /// The task as the store has it.
    pub(crate) stored: TaskNo,
    /// The stored lease has run out at least once since its claim.
    pub(crate) lapsed: bool,
    /// A write whose writer was told that it failed, still on its way.
    pub(crate) late: Option<Write>,
    /// The messages that ask for the task to be run.
    pub(crate) slots: [Slot; SLOTS],
    pub(crate) workers: [Worker; WORKERS],
    pub(crate) user: User,
    /// The versions announced and not shown yet, one bit each.
    pub(crate) updates: u32,
    /// The version that the client shows.
    pub(crate) shown: u8,
    /// The faults and wishes that may still come.
    pub(crate) left: Left,
}

/// A write of `next`, on condition that the stored version is that of `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Write {
    pub(crate) by: Writer,
    pub(crate) act: Act,
    pub(crate) from: TaskNo,
    pub(crate) next: TaskNo,
}

/// Who changes the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Writer {
    Worker(Token),
    User,
}

/// A place for one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Slot {
    /// There is none.
    Free,
    /// It can be delivered, now or after it was hidden for a while.
    Waiting,
    /// A worker has it in hand.
    InHand,
}

/// A worker's program counter and memory. A crash loses both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Worker {
    pub(crate) step: Step,
    pub(crate) token: Token,
    /// The place of the message in hand.
    pub(crate) slot: u8,
    /// The message has not been delivered to somebody else since.
    pub(crate) current: bool,
}

impl Worker {
    pub(crate) const IDLE: Self = Self {
        step: Step::Idle,
        token: 0,
        slot: 0,
        current: false,
    };

    pub(crate) fn busy(self) -> bool {
        self.step != Step::Idle
    }
}

/// What a worker does next. Each step touches what is shared once; a crash can come between any
/// two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Idle,
    /// Load the task that the message names.
    Load,
    /// Claim the task, which was loaded like this.
    Claim(TaskNo),
    /// Announce a step on the way, then go on.
    Tell(TaskNo, Then),
    /// Run the kind, holding the task as this.
    Work(TaskNo),
    /// After a conflict, load the task to do this on top.
    Reload(Act),
    /// Do it on top of what was loaded.
    Change(TaskNo, Act),
    /// The task was lost: see who has the say.
    StandBack,
    /// Announce the end.
    Conclude(TaskNo),
    /// Acknowledge the message of the task that ended like this.
    Acknowledge(TaskNo),
}

impl Step {
    /// The task as the worker believes it is stored.
    pub(crate) fn belief(self) -> Option<TaskNo> {
        match self {
            Self::Idle | Self::Load | Self::Reload(_) | Self::StandBack => None,
            Self::Claim(task)
            | Self::Tell(task, _)
            | Self::Work(task)
            | Self::Change(task, _)
            | Self::Conclude(task)
            | Self::Acknowledge(task) => Some(task),
        }
    }

    /// The worker takes the task for its own.
    pub(crate) fn owns(self) -> bool {
        matches!(
            self,
            Self::Tell(_, Then::Work) | Self::Work(_) | Self::Reload(_) | Self::Change(..)
        )
    }
}

/// What follows the announcement of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Then {
    Work,
    GiveBack,
}

/// The API function on behalf of the user: submits, calls off, runs again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum User {
    Idle,
    /// The new task is stored; send its message.
    Submit,
    /// The message could not be sent; end the task, loaded like this.
    Reject(TaskNo),
    Cancel(TaskNo),
    Retry(TaskNo),
    /// Send a message for the task that was queued again like this.
    Send(TaskNo),
    /// Announce the change.
    Tell(TaskNo),
}

/// How often each thing may still happen that nobody can count on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Left {
    /// A worker or the API function dies.
    pub(crate) crashes: u8,
    /// A lease runs out although its holder is alive.
    pub(crate) stalls: u8,
    /// A message in hand is delivered again, an acknowledged one comes back, or the sweep sends
    /// one too many.
    pub(crate) duplicates: u8,
    /// The store answers a write by an error, whatever became of it.
    pub(crate) writes: u8,
    /// A queue answers a message by an error, whatever became of it.
    pub(crate) sends: u8,
    /// A message moves to the dead letters though the task has not ended.
    pub(crate) losses: u8,
    /// The user calls the task off.
    pub(crate) cancels: u8,
    /// The user runs the task again.
    pub(crate) retries: u8,
}

impl Left {
    pub(crate) const NONE: Self = Self {
        crashes: 0,
        stalls: 0,
        duplicates: 0,
        writes: 0,
        sends: 0,
        losses: 0,
        cancels: 0,
        retries: 0,
    };
}

impl World {
    /// A free place for a message that no late receipt can name.
    pub(crate) fn free_slot(&self) -> Option<usize> {
        (0..SLOTS).find(|slot| {
            let named = |worker: &Worker| worker.busy() && usize::from(worker.slot) == *slot;
            self.slots[*slot] == Slot::Free && !self.workers.iter().any(named)
        })
    }

    /// The worker is done with its message and has it delivered again.
    pub(crate) fn put_back(mut self, w: usize) -> Self {
        let worker = self.workers[w];
        let slot = &mut self.slots[usize::from(worker.slot)];
        if worker.current && *slot == Slot::InHand {
            *slot = Slot::Waiting;
        }
        self.workers[w] = Worker::IDLE;
        self
    }

    /// The worker goes on with this. One that has given the task up forgets its token.
    pub(crate) fn at(mut self, w: usize, step: Step) -> Self {
        let worker = &mut self.workers[w];
        worker.step = step;
        let keeps = step.owns() || matches!(step, Step::Load | Step::Claim(_));
        worker.token = if keeps { worker.token } else { 0 };
        self
    }
}
