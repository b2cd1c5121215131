//! Which situations can follow which.

use crate::book::{Act, Book, TaskNo};
use crate::setting::{Defect, Setting};
use crate::world::{SLOTS, Slot, Step, User, WORKERS, Worker, World, Write};

/// The protocol, the faults that it has to bear, and a defect where a test plants one.
pub(crate) struct Model {
    pub(crate) book: Book,
    pub(crate) setting: Setting,
}

/// Who takes a step. Each of them, save `Chance`, takes it some time if it stays possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Driver {
    Worker(usize),
    User,
    /// Delivers messages.
    Queue,
    /// Delivers updates.
    Push,
    Sweep,
    Clock,
    /// Brings late writes to the store.
    Network,
    /// Faults and wishes: nobody can count on them.
    Chance,
}

/// What happens, for the trace and the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    Deliver,
    DeliverAgain,
    Lose,
    Load,
    Refused,
    /// A conditional write and its answer.
    Write(Act, Answer),
    Announce(TaskNo, Answer),
    Acknowledge(TaskNo),
    /// The acknowledgement did not reach the queue in time.
    AcknowledgeInVain(TaskNo),
    Renew,
    GiveUp,
    Crash,
    LeaseRunsOut,
    LateWrite,
    Sweep,
    Show(u8),
    Send(Answer),
    Wish,
}

/// How a call went, as its caller and the world see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    Done,
    Conflict,
    /// An error, after it was done.
    LostAfter,
    /// An error, and it was not done.
    LostBefore,
    /// An error, and it will be done later.
    Late,
}

/// One step from one situation to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    pub(crate) driver: Driver,
    /// Which worker, where one takes part.
    pub(crate) worker: Option<usize>,
    pub(crate) event: Event,
    /// The write that took effect.
    pub(crate) landed: Option<Write>,
    pub(crate) next: World,
}

impl Edge {
    pub(crate) fn new(driver: Driver, event: Event, next: World) -> Self {
        Self {
            driver,
            worker: None,
            event,
            landed: None,
            next,
        }
    }

    pub(crate) fn of_worker(w: usize, event: Event, next: World) -> Self {
        Self::new(Driver::Worker(w), event, next).with(w)
    }

    pub(crate) fn with(mut self, w: usize) -> Self {
        self.worker = Some(w);
        self
    }
}

impl Model {
    pub(crate) fn new(setting: Setting) -> Self {
        Self {
            book: Book::default(),
            setting,
        }
    }

    pub(crate) fn is(&self, defect: Defect) -> bool {
        self.setting.defect == Some(defect)
    }

    /// The task is stored; its message is not sent yet.
    pub(crate) fn start(&mut self) -> World {
        World {
            stored: self.book.submitted(),
            lapsed: false,
            late: None,
            slots: [Slot::Free; SLOTS],
            workers: [Worker::IDLE; WORKERS],
            user: User::Submit,
            updates: 0,
            shown: 0,
            left: self.setting.left,
        }
    }

    /// Every step that is possible now.
    pub(crate) fn edges(&mut self, world: &World) -> Vec<Edge> {
        let mut edges = Vec::with_capacity(16);
        for w in 0..self.setting.workers {
            self.worker_edges(world, w, &mut edges);
        }
        self.queue_edges(world, &mut edges);
        self.user_edges(world, &mut edges);
        self.surroundings_edges(world, &mut edges);
        edges
    }

    /// Nothing is left to do, and the client knows how it ended.
    pub(crate) fn settled(&self, world: &World) -> bool {
        let stored = self.book.facts(world.stored);
        stored.ended()
            && world.shown == stored.version
            && world.slots == [Slot::Free; SLOTS]
            && world.user == User::Idle
            && world.workers.iter().all(|worker| worker.step == Step::Idle)
    }

    /// The announcement reaches the updates queue.
    pub(crate) fn announced(&self, mut world: World, task: TaskNo) -> World {
        let version = self.book.facts(task).version;
        world.updates |= 1 << version;
        if !self.setting.updates_wander {
            self.show(&mut world, version);
        }
        world
    }

    /// The client keeps the highest version. Updates that can change nothing for it are forgotten.
    pub(crate) fn show(&self, world: &mut World, version: u8) {
        world.updates &= !(1 << version);
        if self.is(Defect::NewestArrival) {
            world.shown = version;
            return;
        }
        world.shown = world.shown.max(version);
        world.updates &= !((1 << world.shown) - 1);
    }
}
