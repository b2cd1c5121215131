//! What goes on around the workers: time, late writes, the sweep, the way to the client.

use crate::model::{Driver, Edge, Event, Model};
use crate::setting::Sweep;
use crate::world::{Slot, Step, Worker, World};

impl Model {
    pub(crate) fn surroundings_edges(&mut self, world: &World, out: &mut Vec<Edge>) {
        self.clock(world, out);
        self.network(world, out);
        self.sweep(world, out);
        self.push(world, out);
    }

    /// The stored lease runs out. That of a dead worker does so some time; that of a live one,
    /// which renews it, by a stall or by clocks that differ.
    fn clock(&mut self, world: &World, out: &mut Vec<Edge>) {
        let stored = self.book.facts(world.stored);
        let Some(lease) = stored.lease.filter(|lease| lease.live) else {
            return;
        };
        let holds = |w: &Worker| w.step.owns() && w.token == lease.token;
        let mut next = *world;
        let mut driver = Driver::Clock;
        if world.workers.iter().any(holds) {
            let Some(left) = world.left.stalls.checked_sub(1) else {
                return;
            };
            next.left.stalls = left;
            driver = Driver::Chance;
        }
        self.age(&mut next);
        out.push(Edge::new(driver, Event::LeaseRunsOut, next));
    }

    /// Time passes for every copy of the lease that somebody still compares with the clock.
    fn age(&mut self, world: &mut World) {
        world.lapsed = true;
        world.stored = self.book.with_lease(world.stored, false);
        for worker in &mut world.workers {
            if let Step::Claim(copy) = &mut worker.step {
                *copy = self.book.with_lease(*copy, false);
            }
        }
        if let Some(late) = &mut world.late {
            late.next = self.book.with_lease(late.next, false);
        }
    }

    fn network(&mut self, world: &World, out: &mut Vec<Edge>) {
        let Some(late) = world.late else {
            return;
        };
        let (_, mut next, landed) = self.land(world, late);
        next.late = None;
        let edge = Edge::new(Driver::Network, Event::LateWrite, next);
        out.push(Edge { landed, ..edge });
    }

    fn sweep(&mut self, world: &World, out: &mut Vec<Edge>) {
        let stored = self.book.facts(world.stored);
        if self.setting.sweep == Sweep::None {
            return;
        }
        if stored.open() {
            send_again(world, out);
        }
        if self.setting.sweep == Sweep::OpenAndEnded && stored.ended() {
            let known = world.updates & (1 << stored.version) != 0;
            if !known && world.shown < stored.version {
                let next = self.announced(*world, world.stored);
                out.push(Edge::new(Driver::Sweep, Event::Sweep, next));
            }
        }
    }

    fn push(&mut self, world: &World, out: &mut Vec<Edge>) {
        for version in (0..u32::BITS).filter(|version| world.updates & (1 << version) != 0) {
            let version = u8::try_from(version).unwrap_or(u8::MAX);
            let mut next = *world;
            self.show(&mut next, version);
            out.push(Edge::new(Driver::Push, Event::Show(version), next));
        }
    }
}

/// The sweep cannot see whether there is a message. Where there is none it sends one some time;
/// where there is, it may send one too many.
fn send_again(world: &World, out: &mut Vec<Edge>) {
    let Some(slot) = world.free_slot() else {
        return;
    };
    let mut next = *world;
    next.slots[slot] = Slot::Waiting;
    let mut driver = Driver::Sweep;
    if world.slots.iter().any(|slot| *slot != Slot::Free) {
        let Some(left) = world.left.duplicates.checked_sub(1) else {
            return;
        };
        next.left.duplicates = left;
        driver = Driver::Chance;
    }
    out.push(Edge::new(driver, Event::Sweep, next));
}
