//! Runs without a counterexample: every rule holds at every step, and every fair way settles.

use std::time::Instant;

use crate::explore::{Graph, explore};
use crate::liveness::never_settles;
use crate::model::Model;
use crate::setting::{Setting, Sweep};
use crate::world::Left;

/// Visits all situations and finds nothing wrong.
#[track_caller]
pub(crate) fn prove(name: &str, setting: Setting) -> (Model, Graph) {
    let begun = Instant::now();
    let mut model = Model::new(setting);
    let graph = explore(&mut model).expect(name);
    let stuck = never_settles(&graph, &mut model);
    assert_eq!(stuck, None, "{name}: the task or its client is left behind");
    let (situations, steps) = (graph.len(), graph.step_count());
    let took = begun.elapsed();
    println!("{name}: {situations} situations, {steps} steps, {took:.1?}");
    (model, graph)
}

#[test]
fn workers_that_crash_between_any_two_steps() {
    let setting = Setting {
        progress: true,
        left: Left {
            crashes: 2,
            ..Left::NONE
        },
        ..Setting::PLAIN
    };
    prove("crashes", setting);
}

#[test]
fn messages_twice_and_leases_that_run_out_under_their_holder() {
    let setting = Setting {
        left: Left {
            crashes: 1,
            stalls: 1,
            duplicates: 1,
            ..Left::NONE
        },
        ..Setting::PLAIN
    };
    prove("stalls and duplicates", setting);
}

#[test]
fn three_workers_that_lose_their_leases_to_each_other() {
    let setting = Setting {
        workers: 3,
        progress: true,
        left: Left {
            stalls: 2,
            ..Left::NONE
        },
        ..Setting::PLAIN
    };
    prove("three workers, stalls", setting);
}

#[test]
fn three_workers_with_one_message() {
    let setting = Setting {
        workers: 3,
        left: Left {
            duplicates: 1,
            ..Left::NONE
        },
        ..Setting::PLAIN
    };
    prove("three workers, duplicates", setting);
}

#[test]
fn writes_whose_outcome_nobody_knows() {
    let setting = Setting {
        left: Left {
            writes: 2,
            ..Left::NONE
        },
        ..Setting::PLAIN
    };
    prove("unknown writes", setting);
}

#[test]
fn unknown_writes_of_workers_that_lost_their_lease() {
    let setting = Setting {
        left: Left {
            writes: 1,
            stalls: 1,
            ..Left::NONE
        },
        ..Setting::PLAIN
    };
    prove("unknown writes and stalls", setting);
}

/// The worker that held the task when it was called off meets the one that has it after the retry.
#[test]
fn a_user_who_calls_off_and_retries() {
    let setting = Setting {
        left: Left {
            cancels: 1,
            retries: 1,
            ..Left::NONE
        },
        ..Setting::PLAIN
    };
    prove("user", setting);
}

#[test]
fn a_retry_of_what_ran_too_long() {
    let setting = Setting {
        left: Left {
            stalls: 1,
            retries: 1,
            ..Left::NONE
        },
        ..Setting::PLAIN
    };
    prove("user and stalls", setting);
}

#[test]
fn queues_that_fail_and_lose() {
    let setting = Setting {
        sweep: Sweep::OpenAndEnded,
        left: Left {
            sends: 1,
            losses: 1,
            crashes: 1,
            ..Left::NONE
        },
        ..Setting::PLAIN
    };
    prove("queues", setting);
}

#[test]
fn an_api_function_that_crashes_in_the_middle() {
    let setting = Setting {
        workers: 1,
        sweep: Sweep::OpenAndEnded,
        left: Left {
            crashes: 2,
            sends: 1,
            cancels: 1,
            retries: 1,
            ..Left::NONE
        },
        ..Setting::PLAIN
    };
    prove("crashes of the API", setting);
}

#[test]
fn updates_that_arrive_in_any_order() {
    let setting = Setting {
        progress: true,
        updates_wander: true,
        left: Left {
            crashes: 1,
            ..Left::NONE
        },
        ..Setting::PLAIN
    };
    prove("updates in any order", setting);
}
