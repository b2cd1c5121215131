//! A proof about steps that never happen proves nothing: each kind of step happens in some run.

use std::collections::HashSet;
use std::mem::{Discriminant, discriminant};

use crate::book::{Act, TaskNo};
use crate::explore::explore;
use crate::model::{Answer, Event, Model};
use crate::setting::{Setting, Sweep};
use crate::world::Left;

/// An event without the task that it is about.
type Kind = (Discriminant<Event>, Option<Act>, Option<Answer>);

#[test]
fn every_kind_of_step_happens() {
    let mut happened = HashSet::new();
    for setting in settings() {
        happened.extend(happens(setting));
    }
    let some_task = Model::new(Setting::PLAIN).start().stored;
    let missing: Vec<_> = expected(some_task)
        .filter(|event| !happened.contains(&kind(*event)))
        .collect();
    assert!(missing.is_empty(), "these never happen: {missing:?}");
}

fn settings() -> [Setting; 5] {
    let with_the_clock = Left {
        stalls: 1,
        ..Left::NONE
    };
    let between_workers = Left {
        duplicates: 1,
        ..Left::NONE
    };
    let with_the_store = Left {
        writes: 1,
        cancels: 1,
        retries: 1,
        ..Left::NONE
    };
    let at_submission = Left {
        writes: 1,
        sends: 1,
        ..Left::NONE
    };
    let with_the_queues = Left {
        crashes: 1,
        sends: 1,
        losses: 1,
        ..Left::NONE
    };
    let runs = [
        with_the_clock,
        between_workers,
        with_the_store,
        at_submission,
        with_the_queues,
    ];
    runs.map(|left| Setting {
        workers: if left == between_workers { 2 } else { 1 },
        progress: left == with_the_store,
        updates_wander: left == with_the_queues,
        sweep: Sweep::OpenAndEnded,
        left,
        ..Setting::PLAIN
    })
}

fn happens(setting: Setting) -> HashSet<Kind> {
    let mut model = Model::new(setting);
    let graph = explore(&mut model).expect("no rule is broken");
    let mut kinds = HashSet::new();
    for world in &graph.worlds {
        let edges = model.edges(world);
        kinds.extend(edges.iter().map(|edge| kind(edge.event)));
    }
    kinds
}

fn kind(event: Event) -> Kind {
    let (act, answer) = match event {
        Event::Write(act, answer) => (Some(act), Some(answer)),
        Event::Announce(_, answer) | Event::Send(answer) => (None, Some(answer)),
        _ => (None, None),
    };
    (discriminant(&event), act, answer)
}

fn expected(task: TaskNo) -> impl Iterator<Item = Event> {
    let sends = [Answer::Done, Answer::LostBefore, Answer::LostAfter];
    let announcements = sends.map(|answer| Event::Announce(task, answer));
    let others = [
        Event::Deliver,
        Event::DeliverAgain,
        Event::Lose,
        Event::Load,
        Event::Refused,
        Event::Acknowledge(task),
        Event::AcknowledgeInVain(task),
        Event::Renew,
        Event::GiveUp,
        Event::Crash,
        Event::LeaseRunsOut,
        Event::LateWrite,
        Event::Sweep,
        Event::Show(1),
        Event::Wish,
    ];
    let sends = sends.map(Event::Send);
    writes().chain(sends).chain(announcements).chain(others)
}

/// Every act with every answer, save one: nobody but a second user changes an ended task between
/// another's look and retry.
fn writes() -> impl Iterator<Item = Event> {
    use Act::{Advance, Cancel, Claim, Complete, Fail, Reject, Release, Retry, TimeOut};
    use Answer::{Conflict, Done, Late, LostAfter, LostBefore};
    let workers = [Claim, Advance, Complete, Fail, TimeOut, Release];
    let acts = workers.into_iter().chain([Reject, Cancel, Retry]);
    let answers = [Done, Conflict, LostAfter, LostBefore, Late];
    acts.flat_map(move |act| answers.map(|answer| (act, answer)))
        .filter(|pair| *pair != (Retry, Conflict))
        .map(|(act, answer)| Event::Write(act, answer))
}
