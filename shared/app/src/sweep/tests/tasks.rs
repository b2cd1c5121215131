//! Tasks that are sent again, or when it is time.

use domain::ports::TaskStore as _;
use testkit::build::NOW;
use time::Duration;

use super::scene::scene;
use crate::sweep::MOST_TASKS;

/// Its version, history and state are for workers to change.
#[tokio::test]
async fn a_task_sent_again_is_as_it_was() {
    let scene = scene();
    let queued = scene.queued();
    scene.run_after(Duration::HOUR).await;
    let stored = scene.tasks.load(&queued.tenant, queued.request_id).await;
    assert_eq!(stored.unwrap(), Some(queued));
}

#[tokio::test]
async fn a_task_that_stays_stuck_is_sent_ever_more_rarely() {
    let scene = scene();
    let task = scene.queued();
    let mut minutes = Vec::new();
    for minute in 1..=200 {
        scene.run_after(Duration::MINUTE).await;
        if scene.sent() == [task.request_id] {
            minutes.push(minute);
        }
    }
    assert_eq!(minutes, [2, 4, 8, 16, 32, 64, 124, 184]);
}

#[tokio::test]
async fn sweeps_at_once_send_a_task_once() {
    let scene = scene();
    let task = scene.queued();
    scene.clock.advance(Duration::HOUR);
    let (one, other) = tokio::join!(scene.sweep.run(), scene.sweep.run());
    assert_eq!(one.requeued + other.requeued, 1);
    assert_eq!(one.faults + other.faults, 0);
    assert_eq!(scene.sent(), [task.request_id]);
}

#[tokio::test]
async fn a_run_is_bounded_and_the_next_goes_on() {
    let scene = scene();
    for _ in 0..=MOST_TASKS {
        scene.queued();
    }
    assert_eq!(scene.run_after(Duration::HOUR).await.requeued, MOST_TASKS);
    assert_eq!(scene.sweep.run().await.requeued, 1);
}

/// Ten minutes before its time, so that it is at a worker by then.
#[tokio::test]
async fn a_task_that_is_to_run_later_is_sent_when_it_is_time() {
    let scene = scene();
    let mut task = scene.queued();
    task.terms.run_at = Some(NOW + Duration::hours(3));
    scene.tasks.put(task.clone());
    scene.run_after(Duration::minutes(169)).await;
    assert_eq!(scene.sent(), []);
    scene.run_after(Duration::MINUTE).await;
    assert_eq!(scene.sent(), [task.request_id]);
    scene.run_after(Duration::minutes(10)).await;
    assert_eq!(scene.sent(), [], "once is enough");
}

/// The worker that gets the message ends it as timed out.
#[tokio::test]
async fn a_task_whose_deadline_has_passed_is_sent_though_it_is_not_stuck_yet() {
    let scene = scene();
    let mut task = scene.queued();
    task.terms.deadline = Some(NOW + Duration::seconds(30));
    scene.tasks.put(task.clone());
    scene.run_after(Duration::MINUTE).await;
    assert_eq!(scene.sent(), [task.request_id]);
}
