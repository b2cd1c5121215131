//! A run as a whole, and what a fault in it leaves alone.

use domain::connection::LIFETIME;
use domain::ports::ConnectionStore as _;
use domain::{Connection, Topic};
use testkit::build::{self, NOW};
use testkit::memory::Fault;
use time::Duration;

use super::scene::{scene, tasks_of};
use crate::sweep::Swept;

#[tokio::test]
async fn with_nothing_left_behind_nothing_is_done() {
    let scene = scene();
    scene.queued();
    scene.connected().await;
    assert_eq!(scene.sweep.run().await, Swept::default());
    assert_eq!(scene.faults.calls().len(), 7, "six lists, one registration");
}

#[tokio::test]
async fn what_is_left_behind_is_picked_up() {
    let scene = scene();
    let (queued, running) = (scene.queued(), scene.running());
    let ended = scene.connected().await;
    let swept = scene.run_after(LIFETIME).await;
    let open = Connection {
        connected_at: NOW + LIFETIME,
        ..build::connection(&ended.identity)
    };
    scene.connections.register(&open).await.unwrap();
    let expected = Swept {
        requeued: 1,
        dead_leases: 1,
        connections_removed: 1,
        ..Swept::default()
    };
    assert_eq!(swept, expected);
    assert_eq!(scene.sent(), [queued.request_id, running.request_id]);
    assert_eq!(scene.sweep.run().await, Swept::default());
    assert_eq!(scene.connections.ids(), [open.id]);
}

#[tokio::test]
async fn a_fault_stops_only_what_it_hits() {
    for call in ["stuck.defer", "queue.send"] {
        let scene = scene();
        let tasks = [scene.queued(), scene.queued(), scene.queued()];
        scene.connected().await;
        scene.faults.on(call, 2, Fault::Unavailable);
        let swept = scene.run_after(LIFETIME).await;
        assert_eq!(tasks_of(swept), [2, 0, 1], "{call}");
        assert_eq!(swept.connections_removed, 1, "{call}");
        let mut sent = scene.sent();
        // Within the longest wait between two looks it is sent too.
        let later = scene.run_after(Duration::minutes(61)).await;
        assert_eq!(later.faults, 0, "{call}");
        sent.extend(scene.sent());
        assert!(
            tasks.iter().all(|task| sent.contains(&task.request_id)),
            "{call}"
        );
    }
}

#[tokio::test]
async fn a_list_that_fails_leaves_the_other_alone() {
    let scene = scene();
    let task = scene.queued();
    scene.connected().await;
    scene.faults.on("stuck.due", 1, Fault::Broken);
    let swept = scene.run_after(LIFETIME).await;
    assert_eq!((swept.connections_removed, swept.faults), (1, 1));
    assert_eq!(scene.sent(), []);

    scene.faults.on("connections.stale", 1, Fault::Unavailable);
    assert_eq!(tasks_of(scene.sweep.run().await), [1, 0, 1]);
    assert_eq!(scene.sent(), [task.request_id]);
}

#[tokio::test]
async fn a_connection_that_cannot_be_removed_is_next_time() {
    let scene = scene();
    scene.connected().await;
    scene.connected().await;
    scene.faults.on("connections.remove", 1, Fault::Unavailable);
    let swept = scene.run_after(LIFETIME).await;
    assert_eq!((swept.connections_removed, swept.faults), (1, 1));
    let swept = scene.sweep.run().await;
    assert_eq!((swept.connections_removed, swept.faults), (1, 0));
    assert_eq!(scene.connections.ids(), []);
}

#[tokio::test]
async fn operators_who_listen_are_told_and_their_queue_is_a_fault_of_its_own() {
    let scene = scene();
    assert!(!scene.sweep.run().await.operators_told);
    let page = scene.connected().await;
    scene.connections.subscribe(&page.id, Topic::Operators);
    assert!(scene.sweep.run().await.operators_told);
    scene.faults.always("postings.send", Fault::Unavailable);
    let swept = scene.sweep.run().await;
    assert_eq!((swept.operators_told, swept.faults), (false, 1));
}
