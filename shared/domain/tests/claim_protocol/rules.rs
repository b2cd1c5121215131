//! What holds in every situation and for every step.

use crate::book::{Act, Facts, TaskNo};
use crate::model::{Edge, Event, Model};
use crate::world::{World, Write, Writer};

/// The rules by name, so that a test can say which one a defect breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Each stored write raises the version by one; nothing else moves it.
    OneVersionPerWrite,
    /// A terminal state changes by an explicit retry only.
    EndsStay,
    /// Whoever writes as a worker holds the lease that is stored.
    OnlyTheHolderWrites,
    /// A claim takes a queued task, or one whose lease has run out.
    LiveLeasesAreKept,
    /// Only its holder renews a lease.
    OnlyTheHolderRenews,
    /// At most one worker has the token of the stored lease.
    OneHolder,
    /// Two workers that know the same version of a task know the same task: what each was told it
    /// had stored is what is stored.
    OneTaskPerVersion,
    /// Only what is stored is announced.
    AnnouncedIsStored,
    /// A message is acknowledged for a task that has ended, and after that was announced, by
    /// this worker or by another, or overtaken by something newer.
    AcknowledgedIsAnnounced,
    /// The client never goes back.
    ClientGoesForward,
}

impl Model {
    /// The first rule that a step breaks.
    pub(crate) fn broken(&mut self, before: &World, edge: &Edge) -> Option<Rule> {
        self.broken_by_write(before, edge)
            .or_else(|| self.broken_by_telling(before, edge))
            .or_else(|| self.broken_after(&edge.next))
    }

    fn broken_by_write(&mut self, before: &World, edge: &Edge) -> Option<Rule> {
        let was = self.book.facts(before.stored);
        let is = self.book.facts(edge.next.stored);
        let Some(write) = edge.landed else {
            return self.broken_without_write(before, edge);
        };
        if is.version != was.version + 1 {
            return Some(Rule::OneVersionPerWrite);
        }
        if was.ended() && write.act != Act::Retry {
            return Some(Rule::EndsStay);
        }
        broken_by_writer(before, was, write)
    }

    /// A renewal or the clock moves the lease's end; nothing else changes the task.
    fn broken_without_write(&mut self, before: &World, edge: &Edge) -> Option<Rule> {
        let (was, is) = (before.stored, edge.next.stored);
        if !self.same_but_for_time(was, is) {
            return Some(Rule::OneVersionPerWrite);
        }
        let token = edge.worker.map(|w| before.workers[w].token);
        let holder = token.is_some_and(|token| self.book.facts(was).held_by(token));
        let renewed = was != is && edge.event == Event::Renew;
        (renewed && !holder).then_some(Rule::OnlyTheHolderRenews)
    }

    fn broken_by_telling(&self, before: &World, edge: &Edge) -> Option<Rule> {
        let version = |task: TaskNo| self.book.facts(task).version;
        match edge.event {
            Event::Acknowledge(task) => {
                let known =
                    before.shown >= version(task) || before.updates & (1 << version(task)) != 0;
                let fine = known && self.book.facts(task).ended();
                (!fine).then_some(Rule::AcknowledgedIsAnnounced)
            }
            _ if edge.next.shown < before.shown => Some(Rule::ClientGoesForward),
            _ => None,
        }
    }

    fn broken_after(&mut self, world: &World) -> Option<Rule> {
        let stored = self.book.facts(world.stored);
        let newest = u32::from(world.shown).max((world.updates | 1).ilog2());
        if newest > u32::from(stored.version) {
            return Some(Rule::AnnouncedIsStored);
        }
        let owners = world.workers.iter().filter(|worker| worker.step.owns());
        if owners.filter(|worker| stored.held_by(worker.token)).count() > 1 {
            return Some(Rule::OneHolder);
        }
        self.beliefs_differ(world)
            .then_some(Rule::OneTaskPerVersion)
    }

    fn beliefs_differ(&mut self, world: &World) -> bool {
        let beliefs = world.workers.map(|worker| worker.step.belief());
        let known = beliefs.into_iter().flatten().chain([world.stored]);
        let known: Vec<TaskNo> = known.collect();
        known.iter().enumerate().any(|(i, one)| {
            known[i + 1..].iter().any(|other| {
                let same = self.book.facts(*one).version == self.book.facts(*other).version;
                same && !self.same_but_for_time(*one, *other)
            })
        })
    }

    fn same_but_for_time(&mut self, one: TaskNo, other: TaskNo) -> bool {
        one == other || self.book.with_lease(one, true) == self.book.with_lease(other, true)
    }
}

fn broken_by_writer(before: &World, was: Facts, write: Write) -> Option<Rule> {
    let Writer::Worker(token) = write.by else {
        return None;
    };
    if write.act == Act::Claim {
        let open = was.open() || before.lapsed;
        return (!open).then_some(Rule::LiveLeasesAreKept);
    }
    (!was.held_by(token)).then_some(Rule::OnlyTheHolderWrites)
}
