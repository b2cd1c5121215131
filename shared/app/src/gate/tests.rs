mod interleavings;
mod later;
mod storms;
mod world;

use domain::ports::TaskQueue as _;
use domain::task::Priority;
use testkit::memory::Fault;
use time::Duration;
use world::World;

#[tokio::test]
async fn while_there_are_places_a_task_is_sent_at_the_cost_of_one_call() {
    let world = World::new(2);
    let task = world.submit(Priority::Normal).await;
    assert_eq!(world.faults.calls(), ["lanes.enter", "queue.send"]);
    assert_eq!(world.sent(), [task]);
}

#[tokio::test]
async fn a_full_lane_lets_no_more_messages_through() {
    let world = World::new(2);
    let ids = world.submit_many(10).await;
    assert_eq!(world.sent(), ids[..2]);
    assert_eq!(world.lanes.waiting(), ids[2..]);
    assert_eq!(world.stuck_after(Duration::minutes(30)).await, ids[..2]);
}

#[tokio::test]
async fn whoever_ends_lets_the_next_one_in() {
    let world = World::new(1);
    let ids = world.submit_many(3).await;
    for id in &ids {
        assert_eq!(world.sent(), [*id]);
        world.end(*id);
        world.gate.release(&world.tenant, *id).await;
    }
    assert!(world.lanes.placed().is_empty() && world.lanes.waiting().is_empty());
}

#[tokio::test]
async fn urgent_tasks_go_first_and_do_not_starve_the_others() {
    let world = World::new(1);
    let running = world.submit(Priority::Normal).await;
    let old = world.submit(Priority::Normal).await;
    world.clock.advance(Duration::minutes(11));
    let normal = world.submit(Priority::Normal).await;
    let high = world.submit(Priority::High).await;
    assert_eq!(world.lanes.waiting(), [old, high, normal]);
    assert_eq!(world.sent(), [running]);
}

#[tokio::test]
async fn a_task_without_a_place_is_not_run_but_sent_later() {
    let world = World::new(1);
    let first = world.submit(Priority::Normal).await;
    let stray = world.store(Priority::Normal);
    assert!(!world.gate.admits(&world.job(stray)).await.unwrap());
    assert!(world.gate.admits(&world.job(first)).await.unwrap());
    world.end(first);
    world.gate.release(&world.tenant, first).await;
    assert_eq!(world.sent(), [first, stray]);
    assert!(world.gate.admits(&world.job(stray)).await.unwrap());
}

#[tokio::test]
async fn a_batch_costs_few_calls_and_each_task_has_its_outcome() {
    let world = World::new(3);
    let mut jobs: Vec<_> = (0..5)
        .map(|_| world.job(world.store(Priority::Normal)))
        .collect();
    jobs.push(jobs[4].clone());
    let outcomes = world.gate.send_all(&jobs).await;
    assert_eq!(
        (outcomes.len(), outcomes.iter().all(Result::is_ok)),
        (6, true)
    );
    assert_eq!(world.faults.count("lanes.enter"), 2);
    assert_eq!(world.faults.count("room.wait"), 1);
    assert_eq!(world.sent().len(), 3);
}

#[tokio::test]
async fn what_can_neither_enter_nor_wait_is_told() {
    for call in ["lanes.enter", "room.wait"] {
        let world = World::new(1);
        world.submit(Priority::Normal).await;
        world.faults.on(call, 1, Fault::Unavailable);
        let job = world.job(world.store(Priority::Normal));
        assert!(world.gate.send(&job).await.is_err(), "{call}");
    }
}

#[tokio::test]
async fn a_lane_is_put_right() {
    let world = World::new(2);
    let ids = world.submit_many(5).await;
    assert_eq!(world.sent(), ids[..2]);
    world.end(ids[0]);
    world.end(ids[1]);
    let repaired = world
        .gate
        .repair(&world.tenant, world.tasks.as_ref())
        .await
        .unwrap();
    assert_eq!(
        (repaired.freed, repaired.admitted, repaired.empty),
        (2, 2, false)
    );
    assert_eq!(world.sent(), ids[2..4]);
    let again = world
        .gate
        .repair(&world.tenant, world.tasks.as_ref())
        .await
        .unwrap();
    assert_eq!((again.freed, again.admitted, again.empty), (0, 0, false));
}

/// Its message may reach a worker that dies before it does anything.
#[tokio::test]
async fn a_task_that_has_waited_can_be_stuck_like_any_other() {
    let world = World::new(1);
    let ids = world.submit_many(3).await;
    let minutes = Duration::minutes(5);
    assert_eq!(world.stuck_after(minutes).await, ids[..1]);
    world.end(ids[0]);
    world.gate.release(&world.tenant, ids[0]).await;
    assert_eq!(world.stuck_after(minutes).await, ids[1..2]);
    world.end(ids[1]);
    let repaired = world.gate.repair(&world.tenant, world.tasks.as_ref()).await;
    assert_eq!(repaired.unwrap().admitted, 1);
    assert_eq!(world.stuck_after(minutes).await, ids[2..]);
}
