//! The task queue: at least once, in any order, and now and then into the dead letters.

use crate::book::Token;
use crate::model::{Driver, Edge, Event, Model};
use crate::setting::Defect;
use crate::world::{SLOTS, Slot, Step, Worker, World};

impl Model {
    pub(crate) fn queue_edges(&mut self, world: &World, out: &mut Vec<Edge>) {
        for slot in 0..SLOTS {
            match world.slots[slot] {
                Slot::Free => {}
                Slot::Waiting => {
                    self.hand_out(world, slot, Driver::Queue, Event::Deliver, out);
                    lose(world, slot, out);
                }
                Slot::InHand => {
                    if let Some(left) = world.left.duplicates.checked_sub(1) {
                        let mut paid = *world;
                        paid.left.duplicates = left;
                        self.hand_out(&paid, slot, Driver::Chance, Event::DeliverAgain, out);
                    }
                }
            }
        }
    }

    /// Gives the message to each worker that is free. Receipts given out before are old now.
    fn hand_out(
        &mut self,
        world: &World,
        slot: usize,
        driver: Driver,
        event: Event,
        out: &mut Vec<Edge>,
    ) {
        let token = self.fresh_token(world);
        for w in 0..self.setting.workers {
            if world.workers[w].busy() {
                continue;
            }
            let mut next = *world;
            next.slots[slot] = Slot::InHand;
            for other in &mut next.workers {
                other.current &= usize::from(other.slot) != slot;
            }
            next.workers[w] = Worker {
                step: Step::Load,
                token,
                slot: u8::from(slot > 0),
                current: true,
            };
            out.push(Edge::new(driver, event, next).with(w));
        }
    }

    /// A token that nothing names.
    fn fresh_token(&self, world: &World) -> Token {
        if self.is(Defect::OneToken) {
            return 1;
        }
        let copies = world
            .workers
            .iter()
            .filter_map(|worker| worker.step.belief());
        let late = world.late.iter().flat_map(|write| [write.from, write.next]);
        let leases = copies.chain(late).chain([world.stored]);
        let named: Vec<Token> = leases
            .filter_map(|task| self.book.facts(task).lease)
            .map(|lease| lease.token)
            .chain(world.workers.iter().map(|worker| worker.token))
            .collect();
        (1..=Token::MAX)
            .find(|token| !named.contains(token))
            .expect("few tokens are in use")
    }
}

/// Too many deliveries came to nothing.
fn lose(world: &World, slot: usize, out: &mut Vec<Edge>) {
    if let Some(left) = world.left.losses.checked_sub(1) {
        let mut next = *world;
        next.left.losses = left;
        next.slots[slot] = Slot::Free;
        out.push(Edge::new(Driver::Chance, Event::Lose, next));
    }
}
