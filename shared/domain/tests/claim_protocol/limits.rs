//! What the promise rests on, and where it ends.

use crate::book::Act;
use crate::explore::explore;
use crate::liveness::never_settles;
use crate::model::Model;
use crate::proofs::prove;
use crate::setting::{Setting, Sweep};
use crate::world::{Left, Write};

#[track_caller]
fn is_left_behind(setting: Setting) {
    let mut model = Model::new(setting);
    let graph = explore(&mut model).expect("no rule is broken");
    let way = never_settles(&graph, &mut model).expect("a way that never settles");
    println!("never settles:\n  {}", way.join("\n  "));
}

#[test]
fn without_a_sweep_a_task_whose_message_is_lost_waits_for_ever() {
    is_left_behind(Setting {
        sweep: Sweep::None,
        left: Left {
            losses: 1,
            ..Left::NONE
        },
        ..Setting::PLAIN
    });
}

/// While the updates queue is away the message of an ended task is delivered again and again; as
/// a dead letter it announces nothing any more.
#[test]
fn a_sweep_of_open_tasks_leaves_an_end_untold_whose_message_is_a_dead_letter() {
    let left = Left {
        sends: 1,
        losses: 1,
        ..Left::NONE
    };
    let setting = Setting {
        left,
        ..Setting::PLAIN
    };
    is_left_behind(setting);
    let sweep = Sweep::OpenAndEnded;
    prove("ends swept, dead letters", Setting { sweep, ..setting });
}

/// Submission died before it sent the message, then the API died before it announced the call-off.
#[test]
fn a_sweep_of_open_tasks_leaves_a_call_off_untold() {
    let left = Left {
        crashes: 2,
        cancels: 1,
        ..Left::NONE
    };
    let setting = Setting {
        workers: 1,
        left,
        ..Setting::PLAIN
    };
    is_left_behind(setting);
    let sweep = Sweep::OpenAndEnded;
    prove("ends swept, call-offs", Setting { sweep, ..setting });
}

/// Renewing makes no version, so a claim that saw the lease run out does not notice that it was
/// renewed since. The holder is refused from then on: work is done twice, its effect is not.
#[test]
fn a_lease_that_ran_out_can_be_lost_although_it_was_renewed() {
    let mut model = Model::new(Setting {
        left: Left {
            stalls: 1,
            duplicates: 1,
            ..Left::NONE
        },
        ..Setting::PLAIN
    });
    let graph = explore(&mut model).expect("no rule is broken");
    let lost = graph.worlds.iter().any(|world| {
        let renewed = world.lapsed && !model.book.facts(world.stored).open();
        let edges = model.edges(world);
        let claims = |write: &Write| write.act == Act::Claim;
        renewed
            && edges
                .iter()
                .any(|edge| edge.landed.as_ref().is_some_and(claims))
    });
    assert!(lost, "then the rule about live leases can be stricter");
}
