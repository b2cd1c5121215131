//! The steps of a worker: those of the use case that runs a task.

use domain::task::Refused;

use crate::book::{Act, TaskNo};
use crate::model::{Answer, Driver, Edge, Event, Model};
use crate::setting::Defect;
use crate::world::{Slot, Step, Then, World, Write, Writer};

/// How often a task is tried. The real number is 5; two tell all cases apart.
pub(crate) const TRIES: u8 = 2;

impl Model {
    pub(crate) fn worker_edges(&mut self, world: &World, w: usize, out: &mut Vec<Edge>) {
        match world.workers[w].step {
            Step::Idle => return,
            Step::Load => out.push(load(world, w, Step::Claim(world.stored))),
            Step::Claim(copy) => self.claim(world, w, copy, out),
            Step::Tell(task, then) => self.tell(world, w, task, then, out),
            Step::Work(task) => self.work(world, w, task, out),
            Step::Reload(act) => out.push(load(world, w, Step::Change(world.stored, act))),
            Step::Change(copy, act) => self.change(world, w, copy, act, out),
            Step::StandBack => out.push(self.stand_back(world, w)),
            Step::Conclude(task) => self.conclude(world, w, task, out),
            Step::Acknowledge(task) => self.acknowledge(world, w, task, out),
        }
        if let Some(left) = world.left.crashes.checked_sub(1) {
            let mut next = world.put_back(w);
            next.left.crashes = left;
            out.push(Edge::new(Driver::Chance, Event::Crash, next).with(w));
        }
    }

    fn claim(&mut self, world: &World, w: usize, copy: TaskNo, out: &mut Vec<Edge>) {
        let token = world.workers[w].token;
        let mut seen = copy;
        if self.is(Defect::ClaimIgnoresLease) {
            seen = self.book.with_lease(copy, false);
        }
        let claimed = match self.book.act(seen, Act::Claim, token) {
            Ok(claimed) => claimed,
            Err(Refused::Held { .. }) => return out.push(self.wait(world, w, copy)),
            Err(_) => return out.push(refused(world, w, Step::Conclude(copy))),
        };
        self.store(world, w, copy, claimed, Act::Claim, out);
    }

    /// Somebody else holds the task: the message comes back later.
    fn wait(&self, world: &World, w: usize, copy: TaskNo) -> Edge {
        if self.is(Defect::AcknowledgeHeld) {
            return refused(world, w, Step::Acknowledge(copy));
        }
        Edge::of_worker(w, Event::Refused, world.put_back(w))
    }

    fn tell(&mut self, world: &World, w: usize, task: TaskNo, then: Then, out: &mut Vec<Edge>) {
        for (_, mut edge) in self.announce(world, w, task) {
            edge.next = match then {
                Then::Work => edge.next.at(w, Step::Work(task)),
                Then::GiveBack => edge.next.put_back(w),
            };
            out.push(edge);
        }
    }

    fn work(&mut self, world: &World, w: usize, task: TaskNo, out: &mut Vec<Edge>) {
        let facts = self.book.facts(task);
        let ends: &[Act] = match facts.tries {
            tries if tries < TRIES => &[Act::Complete, Act::Fail, Act::TimeOut, Act::Release],
            TRIES => &[Act::Complete, Act::Fail, Act::TimeOut],
            // Every worker died: the kind is not run again.
            _ => &[Act::Fail],
        };
        for act in ends {
            self.finish(world, w, task, *act, out);
        }
        if self.setting.progress && !facts.reported {
            self.change(world, w, task, Act::Advance, out);
        }
        self.heartbeat(world, w, out);
    }

    fn finish(&mut self, world: &World, w: usize, task: TaskNo, act: Act, out: &mut Vec<Edge>) {
        let token = world.workers[w].token;
        match self.book.act(task, act, token) {
            Ok(ended) if self.is(Defect::AnnounceFirst) && act != Act::Release => {
                let next = self.announced(*world, ended);
                let event = Event::Announce(ended, Answer::Done);
                let next = next.at(w, Step::Change(task, act));
                out.push(Edge::of_worker(w, event, next));
            }
            _ => self.change(world, w, task, act, out),
        }
    }

    /// Renews a lease that has run out, and notices one that is lost. Renewing a live lease
    /// changes nothing here, where time is relative.
    fn heartbeat(&mut self, world: &World, w: usize, out: &mut Vec<Edge>) {
        let token = world.workers[w].token;
        let stored = self.book.facts(world.stored);
        let stand_back = world.at(w, Step::StandBack);
        let foreign = !stored.held_by(token);
        let Some(lease) = stored
            .lease
            .filter(|_| !foreign || self.is(Defect::BlindRenew))
        else {
            return out.push(Edge::of_worker(w, Event::Renew, stand_back));
        };
        if !lease.live {
            let mut renewed = *world;
            renewed.stored = self.book.with_lease(world.stored, true);
            out.push(Edge::of_worker(w, Event::Renew, renewed));
            out.push(Edge::of_worker(w, Event::GiveUp, stand_back));
        }
    }

    /// Makes a change to the task as it is known, and stores it.
    fn change(&mut self, world: &World, w: usize, copy: TaskNo, act: Act, out: &mut Vec<Edge>) {
        let mut token = world.workers[w].token;
        if self.is(Defect::BlindChange) {
            token = self
                .book
                .facts(copy)
                .lease
                .map_or(token, |lease| lease.token);
        }
        match self.book.act(copy, act, token) {
            Ok(made) => self.store(world, w, copy, made, act, out),
            Err(_) => out.push(refused(world, w, Step::StandBack)),
        }
    }

    fn store(
        &mut self,
        world: &World,
        w: usize,
        from: TaskNo,
        next: TaskNo,
        act: Act,
        out: &mut Vec<Edge>,
    ) {
        let by = Writer::Worker(world.workers[w].token);
        let write = Write {
            by,
            act,
            from,
            next,
        };
        for (answer, edge) in self.write(world, write) {
            let mut edge = edge.with(w);
            if edge.driver != Driver::Chance {
                edge.driver = Driver::Worker(w);
            }
            edge.next = self.after_write(edge.next, w, write, answer);
            out.push(edge);
        }
    }

    fn after_write(&self, world: World, w: usize, write: Write, answer: Answer) -> World {
        let Write {
            act, from, next, ..
        } = write;
        match (answer, act) {
            (Answer::Done, Act::Claim | Act::Advance) => world.at(w, Step::Tell(next, Then::Work)),
            (Answer::Done, Act::Release) => world.at(w, Step::Tell(next, Then::GiveBack)),
            (Answer::Done, _) if self.is(Defect::AcknowledgeFirst) => {
                world.at(w, Step::Acknowledge(next))
            }
            (Answer::Done, _) => world.at(w, Step::Conclude(next)),
            (Answer::Conflict, Act::Claim) => world.at(w, Step::Load),
            (Answer::Conflict, _) => world.at(w, Step::Reload(act)),
            // A report is worth no failure.
            (_, Act::Advance) => world.at(w, Step::Work(from)),
            _ => world.put_back(w),
        }
    }

    fn stand_back(&self, world: &World, w: usize) -> Edge {
        let next = if self.book.facts(world.stored).ended() {
            world.at(w, Step::Conclude(world.stored))
        } else {
            world.put_back(w)
        };
        Edge::of_worker(w, Event::Load, next)
    }

    fn conclude(&mut self, world: &World, w: usize, task: TaskNo, out: &mut Vec<Edge>) {
        for (answer, mut edge) in self.announce(world, w, task) {
            edge.next = match answer {
                Answer::Done if self.is(Defect::AcknowledgeFirst) => edge.next.put_back(w),
                Answer::Done => edge.next.at(w, Step::Acknowledge(task)),
                _ => edge.next.put_back(w),
            };
            out.push(edge);
        }
    }

    /// Every way that sending an announcement can go.
    fn announce(&self, world: &World, w: usize, task: TaskNo) -> Vec<(Answer, Edge)> {
        let sent = self.announced(*world, task);
        let mut ways = vec![(Answer::Done, sent)];
        if let Some(left) = world.left.sends.checked_sub(1) {
            ways.push((Answer::LostBefore, *world));
            ways.push((Answer::LostAfter, sent));
            let failed = ways.iter_mut().skip(1);
            failed.for_each(|(_, world)| world.left.sends = left);
        }
        let edge = |(answer, next)| {
            let mut edge = Edge::of_worker(w, Event::Announce(task, answer), next);
            if answer != Answer::Done {
                edge.driver = Driver::Chance;
            }
            (answer, edge)
        };
        ways.into_iter().map(edge).collect()
    }

    /// An old receipt may or may not delete the message; a new one does, save by bad luck.
    fn acknowledge(&self, world: &World, w: usize, task: TaskNo, out: &mut Vec<Edge>) {
        let slot = usize::from(world.workers[w].slot);
        let kept = world.put_back(w);
        let mut gone = kept;
        gone.slots[slot] = Slot::Free;
        if self.is(Defect::AcknowledgeFirst) && self.book.facts(task).ended() {
            gone = World {
                slots: gone.slots,
                ..*world
            }
            .at(w, Step::Conclude(task));
        }
        out.push(Edge::of_worker(w, Event::Acknowledge(task), gone));
        let in_vain = Event::AcknowledgeInVain(task);
        if !world.workers[w].current {
            out.push(Edge::of_worker(w, in_vain, kept));
        } else if let Some(left) = world.left.duplicates.checked_sub(1) {
            let mut next = kept;
            next.left.duplicates = left;
            out.push(Edge::new(Driver::Chance, in_vain, next).with(w));
        }
    }
}

fn load(world: &World, w: usize, then: Step) -> Edge {
    Edge::of_worker(w, Event::Load, world.at(w, then))
}

fn refused(world: &World, w: usize, then: Step) -> Edge {
    Edge::of_worker(w, Event::Refused, world.at(w, then))
}
