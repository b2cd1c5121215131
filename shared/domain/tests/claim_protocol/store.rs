//! The store: a conditional write, and all that can become of it and of its answer.

use crate::book::Act;
use crate::model::{Answer, Driver, Edge, Event, Model};
use crate::setting::Defect;
use crate::world::{World, Write};

impl Model {
    /// Every way that a conditional write can go. `landed` tells whether it took effect.
    pub(crate) fn write(&mut self, world: &World, write: Write) -> Vec<(Answer, Edge)> {
        let (answer, next, landed) = self.land(world, write);
        let mut ways = vec![(answer, next, landed)];
        if let Some(left) = world.left.writes.checked_sub(1) {
            let [before, after] = [*world, next].map(|mut world| {
                world.left.writes = left;
                world
            });
            ways.push((Answer::LostBefore, before, None));
            if landed.is_some() {
                ways.push((Answer::LostAfter, after, landed));
            }
            if landed.is_some() && world.late.is_none() {
                let late = Some(write);
                ways.push((Answer::Late, World { late, ..before }, None));
            }
        }
        let edge = |(answer, next, landed)| {
            let event = Event::Write(write.act, answer);
            let edge = Edge::new(driver(answer), event, next);
            (answer, Edge { landed, ..edge })
        };
        ways.into_iter().map(edge).collect()
    }

    /// What the store does with a write that reaches it: what `TaskStore::replace` promises.
    pub(crate) fn land(&self, world: &World, write: Write) -> (Answer, World, Option<Write>) {
        let stored = self.book.facts(world.stored);
        let expected = self.book.facts(write.from).version;
        if stored.version != expected && !self.is(Defect::BlindReplace) {
            return (Answer::Conflict, *world, None);
        }
        let mut next = *world;
        next.stored = write.next;
        next.lapsed = world.lapsed && write.act != Act::Claim;
        (Answer::Done, next, Some(write))
    }
}

/// Who makes it go so; a worker puts itself in the user's place.
fn driver(answer: Answer) -> Driver {
    match answer {
        Answer::Done | Answer::Conflict => Driver::User,
        Answer::LostAfter | Answer::LostBefore | Answer::Late => Driver::Chance,
    }
}
