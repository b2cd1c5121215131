//! Tasks that are to run later: few get their message at once, the others wait for their time.

use domain::RequestId;
use domain::ports::TaskQueue as _;
use domain::task::Priority::{self, High, Normal};
use testkit::build::NOW;
use time::Duration;

use super::world::World;

/// The sweep's own.
const MINUTE: Duration = Duration::MINUTE;

impl World {
    /// Time goes by in these steps: each time workers take what is due, and the sweep runs.
    async fn pass_time(&self, step: Duration, steps: usize) {
        for _ in 0..steps {
            self.clock.advance(step);
            self.sweep().await;
            self.drain().await;
        }
    }

    fn has_run(&self, id: RequestId) -> bool {
        self.task(id).status().is_terminal()
    }

    /// Submits so many in batches of 100, as the API does.
    async fn flood(&self, priority: Priority, wait: Duration, count: usize) -> Vec<RequestId> {
        let ids: Vec<_> = (0..count)
            .map(|_| self.store_later(priority, wait))
            .collect();
        for batch in ids.chunks(100) {
            let jobs: Vec<_> = batch.iter().map(|id| self.job(*id)).collect();
            let outcomes = self.gate.send_all(&jobs).await;
            assert!(outcomes.iter().all(Result::is_ok));
        }
        ids
    }
}

#[tokio::test]
async fn a_task_that_is_to_run_later_takes_no_place_before() {
    let world = World::new(1);
    let later = world.submit_later(Normal, Duration::HOUR).await;
    assert_eq!(world.faults.calls(), ["delayed.reserve", "queue.send"]);
    assert!(world.lanes.placed().is_empty());
    assert_eq!(world.lanes.delayed(), [later]);
    world.clock.advance(Duration::HOUR);
    assert!(world.gate.admits(&world.job(later)).await.unwrap());
    assert_eq!(world.lanes.placed(), [later]);
    assert!(world.lanes.delayed().is_empty());
}

#[tokio::test]
async fn of_two_thousand_that_are_due_together_few_have_messages_and_each_runs_once() {
    let world = World::new(50);
    let ids = world.flood(Normal, 5 * MINUTE, 2_000).await;
    assert_eq!(world.sent(), ids[..50]);
    assert_eq!(world.lanes.waiting().len(), 1_950);
    for id in &ids[..50] {
        world.work(*id).await;
    }
    // The sweep sends nobody ahead while so many are.
    world.pass_time(MINUTE, 4).await;
    assert_eq!(world.held_back(), 50);
    assert!(!ids.iter().any(|id| world.has_run(*id)));

    // Another tenant's task goes its own way.
    world.clock.advance(MINUTE);
    let mut other = world.job(world.store(Normal));
    other.tenant = domain::TenantId::new("other").unwrap();
    world.gate.send(&other).await.unwrap();
    assert_eq!(world.sent(), [other.request_id]);

    world.drain().await;
    assert!(ids.iter().all(|id| world.has_run(*id)));
    let ran = |id: &RequestId| world.task(*id).attempt == 1;
    assert!(ids.iter().all(ran));
    assert!(world.lanes.most() <= 50 && world.lanes.most_delayed() <= 50);
    assert!(world.lanes.waiting().is_empty() && world.lanes.delayed().is_empty());
    assert_eq!(world.lanes.placed(), [other.request_id]);
}

#[tokio::test]
async fn who_is_due_first_goes_first_and_urgent_ones_before_others_of_the_same_moment() {
    let world = World::new(1);
    let ahead = world.submit_later(Normal, 9 * MINUTE).await;
    let last = world.submit_later(Normal, 4 * MINUTE).await;
    let normal = world.submit_later(Normal, 3 * MINUTE).await;
    let high = world.submit_later(High, 3 * MINUTE).await;
    let first = world.submit_later(Normal, 2 * MINUTE).await;
    assert_eq!(world.sent(), [ahead]);
    assert_eq!(world.lanes.waiting(), [first, high, normal, last]);
    world.clock.advance(5 * MINUTE);
    let running = world.submit(Normal).await;
    for expected in [running, first, high, normal, last] {
        assert_eq!(world.sent(), [expected]);
        world.end(expected);
        world.gate.release(&world.tenant, expected).await;
    }
    assert_eq!(world.sent(), []);
}

/// One that is due counts like any other: urgent tasks go before it, and older ones.
#[tokio::test]
async fn a_delayed_task_that_finds_no_place_waits_as_long_as_it_is_due() {
    let world = World::new(1);
    let delayed = world.submit_later(High, 2 * MINUTE).await;
    let running = world.submit(Normal).await;
    let before = world.submit(Normal).await;
    world.clock.advance(2 * MINUTE);
    let after = world.submit(Normal).await;
    assert_eq!(world.sent(), [delayed, running]);
    assert!(!world.gate.admits(&world.job(delayed)).await.unwrap());
    assert_eq!(world.lanes.waiting(), [delayed, before, after]);
}

#[tokio::test]
async fn one_that_waits_for_its_time_is_let_in_within_a_minute_of_it_though_nothing_else_runs() {
    for wait in [Duration::seconds(20), 2 * MINUTE, 7 * MINUTE] {
        let world = World::new(1);
        let ahead = world.submit_later(Normal, 10 * MINUTE).await;
        let held = world.submit_later(Normal, wait).await;
        assert_eq!(world.sent(), [ahead]);
        world.work(ahead).await;
        let steps = usize::try_from((wait + MINUTE).whole_minutes()).unwrap();
        world.pass_time(MINUTE, steps).await;
        assert!(world.has_run(held), "one that is due in {wait}");
        assert!(!world.has_run(ahead));
    }
}

/// A schedule that is no burst is kept to: what is next has its message before it is due.
#[tokio::test]
async fn the_sweep_sends_those_ahead_that_are_next() {
    let world = World::new(2);
    for minutes in 1..=9_i32 {
        world.submit_later(Normal, minutes * MINUTE).await;
    }
    assert_eq!(world.sent().len(), 2);
    let early = |world: &World| (world.lanes.delayed().len(), world.lanes.waiting().len());
    assert_eq!(early(&world), (2, 7));
    let ids: Vec<_> = world.lanes.delayed();
    for id in &ids {
        world.work(*id).await;
    }
    let second = Duration::SECOND;
    for minute in 1..=9_usize {
        // The message that is held back comes at its very time, before any sweep.
        world.clock.advance(MINUTE - second);
        world.sweep().await;
        world.drain().await;
        world.clock.advance(second);
        world.drain().await;
        let all = world.tasks.all();
        let ended = all.iter().filter(|task| task.status().is_terminal());
        assert_eq!(ended.count(), minute);
    }
}

#[tokio::test]
async fn a_cancelled_one_makes_room_for_the_next() {
    let world = World::new(1);
    world.submit_later(Normal, 9 * MINUTE).await;
    let cancelled = world.submit_later(Normal, MINUTE).await;
    let next = world.submit_later(Normal, MINUTE).await;
    world.sent();
    let mut task = world.task(cancelled);
    task.cancel(NOW).unwrap();
    world.tasks.put(task);
    world.pass_time(MINUTE, 2).await;
    assert!(world.has_run(next));
    assert!(world.lanes.waiting().is_empty() && world.lanes.placed().is_empty());
}

/// The place among the delayed of a message that got lost.
#[tokio::test]
async fn what_has_ended_is_not_counted_among_the_delayed_for_ever() {
    let world = World::new(1);
    let cancelled = world.submit_later(Normal, 9 * MINUTE).await;
    world.sent();
    let mut task = world.task(cancelled);
    task.cancel(NOW).unwrap();
    world.tasks.put(task);
    world.pass_time(MINUTE, 3).await;
    assert!(world.lanes.delayed().is_empty());
}

#[tokio::test]
async fn few_calls_for_one_too_many() {
    let world = World::new(1);
    world.submit_later(Normal, MINUTE).await;
    let before = world.faults.calls().len();
    world.submit_later(Normal, MINUTE).await;
    assert_eq!(
        world.faults.calls()[before..],
        [
            "delayed.reserve",
            "room.wait",
            "delayed.hold",
            "stuck.postpone",
            "delayed.reserve"
        ]
    );
}
