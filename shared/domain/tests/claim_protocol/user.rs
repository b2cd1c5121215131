//! The API function on behalf of the user: submitting, calling off, running again.

use crate::book::{Act, TaskNo};
use crate::model::{Answer, Driver, Edge, Event, Model};
use crate::world::{Slot, User, World, Write, Writer};

impl Model {
    pub(crate) fn user_edges(&mut self, world: &World, out: &mut Vec<Edge>) {
        match world.user {
            User::Idle => return wishes(world, out),
            User::Submit => send(world, User::Idle, User::Reject(world.stored), out),
            User::Reject(copy) => self.user_write(world, copy, Act::Reject, out),
            User::Cancel(copy) => self.user_write(world, copy, Act::Cancel, out),
            User::Retry(copy) => self.user_write(world, copy, Act::Retry, out),
            User::Send(task) => send(world, User::Tell(task), User::Tell(task), out),
            User::Tell(task) => self.user_tells(world, task, out),
        }
        if let Some(left) = world.left.crashes.checked_sub(1) {
            let mut next = goes_on(world, User::Idle);
            next.left.crashes = left;
            out.push(Edge::new(Driver::Chance, Event::Crash, next));
        }
    }

    fn user_write(&mut self, world: &World, copy: TaskNo, act: Act, out: &mut Vec<Edge>) {
        let Ok(next) = self.book.act(copy, act, 0) else {
            let next = goes_on(world, User::Idle);
            return out.push(Edge::new(Driver::User, Event::Refused, next));
        };
        let by = Writer::User;
        let from = copy;
        for (answer, mut edge) in self.write(
            world,
            Write {
                by,
                act,
                from,
                next,
            },
        ) {
            edge.next = self.after_user_write(edge.next, next, act, answer);
            out.push(edge);
        }
    }

    fn after_user_write(&self, world: World, made: TaskNo, act: Act, answer: Answer) -> World {
        let user = match (answer, act) {
            // The caller learns it from the answer.
            (Answer::Done, Act::Reject) => {
                let mut told = goes_on(&world, User::Idle);
                self.show(&mut told, self.book.facts(made).version);
                return told;
            }
            (Answer::Done, Act::Retry) => User::Send(made),
            (Answer::Done, _) => User::Tell(made),
            (Answer::Conflict, Act::Cancel) => User::Cancel(world.stored),
            (Answer::Conflict, Act::Retry) => User::Retry(world.stored),
            // A worker has the task, or the user is told to try again.
            _ => User::Idle,
        };
        goes_on(&world, user)
    }

    fn user_tells(&self, world: &World, task: TaskNo, out: &mut Vec<Edge>) {
        let done = goes_on(world, User::Idle);
        let event = |answer| Event::Announce(task, answer);
        let sent = self.announced(done, task);
        out.push(Edge::new(Driver::User, event(Answer::Done), sent));
        if let Some(left) = world.left.sends.checked_sub(1) {
            let mut next = done;
            next.left.sends = left;
            let lost = event(Answer::LostBefore);
            out.push(Edge::new(Driver::Chance, lost, next));
        }
    }
}

fn goes_on(world: &World, user: User) -> World {
    World { user, ..*world }
}

/// What the user may come to want, seeing the task as it is.
fn wishes(world: &World, out: &mut Vec<Edge>) {
    let wish = |next| Edge::new(Driver::Chance, Event::Wish, next);
    if let Some(left) = world.left.cancels.checked_sub(1) {
        let mut next = goes_on(world, User::Cancel(world.stored));
        next.left.cancels = left;
        out.push(wish(next));
    }
    if let Some(left) = world.left.retries.checked_sub(1) {
        let mut next = goes_on(world, User::Retry(world.stored));
        next.left.retries = left;
        out.push(wish(next));
    }
}

/// Sends a message that asks for the task to be run. Where there are as many as the model can
/// hold, one more would tell nobody anything.
fn send(world: &World, then: User, or_else: User, out: &mut Vec<Edge>) {
    let mut sent = *world;
    if let Some(slot) = world.free_slot() {
        sent.slots[slot] = Slot::Waiting;
    }
    let done = goes_on(&sent, then);
    out.push(Edge::new(Driver::User, Event::Send(Answer::Done), done));
    if let Some(left) = world.left.sends.checked_sub(1) {
        let ways = [(Answer::LostBefore, *world), (Answer::LostAfter, sent)];
        for (answer, mut next) in ways {
            next = goes_on(&next, or_else);
            next.left.sends = left;
            out.push(Edge::new(Driver::Chance, Event::Send(answer), next));
        }
    }
}
