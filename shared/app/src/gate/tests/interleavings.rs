//! Every order in which two of those who use a lane can make their calls, and every point at which
//! one of them can crash.
//!
//! Ports in memory give way once before each call, so one poll of a future is one call.

use std::pin::Pin;
use std::task::{Context, Waker};

use domain::RequestId;
use domain::ports::TaskQueue as _;
use domain::task::Priority;

use time::Duration;

use super::world::World;

/// Not before the actors are done.
const LATER: Duration = Duration::minutes(9);

type Actor<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Who does something at the same time as others.
#[derive(Clone, Copy, PartialEq)]
enum Act {
    /// Submits a task.
    Submit,
    /// Submits a task that is to run later.
    SubmitLater,
    /// Works on the n-th task, which was sent before.
    Work(usize),
    /// Sweeps.
    Sweep,
}

fn actor<'a>(world: &'a World, act: Act, ids: &[RequestId]) -> Actor<'a> {
    match act {
        Act::Submit => {
            let id = world.store(Priority::Normal);
            Box::pin(async move {
                let _ = world.gate.send(&world.job(id)).await;
            })
        }
        Act::SubmitLater => {
            let id = world.store_later(Priority::Normal, LATER);
            Box::pin(async move {
                let _ = world.gate.send(&world.job(id)).await;
            })
        }
        Act::Work(n) => {
            let id = ids[n];
            Box::pin(world.work(id))
        }
        Act::Sweep => Box::pin(world.sweep()),
    }
}

/// What was chosen at one step, of how many.
type Path = Vec<(usize, usize)>;

/// Which choice comes next; the first where the path does not say.
fn choose(path: &mut Path, step: usize, options: usize) -> usize {
    if step == path.len() {
        path.push((0, options));
    }
    path[step].0
}

/// The next path in depth-first order; none after the last.
fn advance(path: &mut Path) -> bool {
    while let Some((choice, options)) = path.pop() {
        if choice + 1 < options {
            path.push((choice + 1, options));
            return true;
        }
    }
    false
}

/// Runs the actors in the order of the path. With `crash`, each step may also be the last of the
/// first actor.
fn run(world: &World, acts: &[Act], ids: &[RequestId], path: &mut Path, crash: bool) {
    let mut actors: Vec<_> = acts.iter().map(|act| actor(world, *act, ids)).collect();
    let mut alive: Vec<_> = (0..actors.len()).collect();
    let (mut step, mut may_crash) = (0, crash);
    while !alive.is_empty() {
        let crashable = usize::from(may_crash && alive.contains(&0));
        let choice = choose(path, step, alive.len() + crashable);
        step += 1;
        if choice == alive.len() {
            alive.retain(|actor| *actor != 0);
            may_crash = false;
            continue;
        }
        let mut context = Context::from_waker(Waker::noop());
        let polled = actors[alive[choice]].as_mut().poll(&mut context);
        if polled.is_ready() {
            alive.remove(choice);
        }
    }
}

/// A lane with this many places, which `before` tasks were submitted to.
fn explore(limit: u32, before: usize, acts: &[Act], crash: bool) -> usize {
    explore_between(limit, (before, 0), acts, crash)
}

/// The same, with `later` tasks before that are to run later.
fn explore_after(limit: u32, later: usize, acts: &[Act], crash: bool) -> usize {
    explore_between(limit, (0, later), acts, crash)
}

fn explore_between(
    limit: u32,
    (before, later): (usize, usize),
    acts: &[Act],
    crash: bool,
) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (mut path, mut count) = (Path::new(), 0);
    loop {
        let world = World::new(limit);
        let ids = runtime.block_on(world.submit_many(before));
        for _ in 0..later {
            runtime.block_on(world.submit_later(Priority::Normal, LATER));
        }
        world.clock.advance(domain::lanes::BETWEEN_LOOKS * 2);
        // What the actors work on is theirs; the rest is in the queue still.
        for job in world.queue.take_jobs() {
            let taken = |act: &Act| matches!(act, Act::Work(n) if ids[*n] == job.request_id);
            if !acts.iter().any(taken) {
                runtime.block_on(world.queue.send(&job)).unwrap();
            }
        }
        run(&world, acts, &ids, &mut path, crash);
        // A message whose worker has crashed comes back.
        for act in acts {
            if let Act::Work(n) = act {
                let job = world.job(ids[*n]);
                runtime.block_on(world.queue.send(&job)).unwrap();
            }
        }
        runtime.block_on(world.come_to_rest());
        count += 1;
        if !advance(&mut path) {
            return count;
        }
    }
}

#[test]
fn one_that_ends_and_one_that_is_submitted_do_not_miss_each_other() {
    assert!(explore(1, 1, &[Act::Work(0), Act::Submit], false) > 20);
    assert!(explore(1, 2, &[Act::Work(0), Act::Submit], false) > 100);
}

#[test]
fn two_that_end_let_two_in() {
    assert!(explore(2, 4, &[Act::Work(0), Act::Work(1)], false) > 100);
}

#[test]
fn two_that_are_submitted_share_the_places() {
    assert!(explore(1, 0, &[Act::Submit, Act::Submit], false) > 10);
    assert!(explore(2, 1, &[Act::Submit, Act::Submit], false) > 10);
}

#[test]
fn a_sweep_gets_in_nobodys_way() {
    assert!(explore(1, 1, &[Act::Work(0), Act::Sweep], false) > 20);
    assert!(explore(1, 0, &[Act::Submit, Act::Sweep], false) > 2);
}

#[test]
fn those_that_are_to_run_later_share_what_may_be_held_back() {
    assert!(explore(1, 0, &[Act::SubmitLater, Act::SubmitLater], false) > 10);
    assert!(explore(1, 1, &[Act::SubmitLater, Act::Work(0)], false) > 10);
    assert!(explore(1, 2, &[Act::SubmitLater, Act::Submit], false) > 10);
    assert!(explore(1, 0, &[Act::SubmitLater, Act::Sweep], false) > 2);
}

#[test]
fn a_crash_forgets_nobody_who_is_to_run_later() {
    assert!(explore(1, 0, &[Act::SubmitLater], true) > 2);
    assert!(explore(1, 0, &[Act::SubmitLater, Act::SubmitLater], true) > 50);
    assert!(explore(1, 1, &[Act::SubmitLater, Act::Work(0)], true) > 20);
}

/// One that has a message ahead; so the others find nobody may have another.
#[test]
fn no_sweep_forgets_one_that_waits_for_its_time() {
    assert!(explore_after(1, 1, &[Act::SubmitLater, Act::Sweep], false) > 20);
    assert!(explore_after(1, 2, &[Act::Sweep], true) > 5);
}

#[test]
fn a_crash_forgets_nobody() {
    for first in [Act::Work(0), Act::Submit] {
        assert!(explore(1, 2, &[first], true) > 3);
        assert!(explore(1, 2, &[first, Act::Submit], true) > 100);
        assert!(explore(1, 1, &[first, Act::Sweep], true) > 20);
    }
    assert!(explore(2, 4, &[Act::Work(0), Act::Work(1)], true) > 100);
}
