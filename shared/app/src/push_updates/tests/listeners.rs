//! Who gets an update.

use domain::task::Status;
use domain::{Identity, Scope, Topic};
use testkit::build;
use testkit::memory::Fault;

use super::scene::{all_pushed, scene};

#[tokio::test]
async fn every_page_gets_each_update_once_and_in_order() {
    let scene = scene();
    let (first, second) = (scene.page().await, scene.page().await);
    let other = scene.page_of(&build::identity(&scene.owner.tenant)).await;
    let namesake = Identity {
        tenant: build::tenant(),
        ..scene.owner.clone()
    };
    let foreign = scene.page_of(&namesake).await;
    let batch = [
        scene.end(5),
        scene.progress(3),
        scene.progress(4),
        scene.end(5),
    ];
    assert!(all_pushed(&scene.push.run(&batch).await));
    for page in [&first, &second] {
        assert_eq!(scene.versions(page), [5]);
    }
    for page in [&other, &foreign] {
        assert_eq!(scene.versions(page), [0_u64; 0]);
    }
}

#[tokio::test]
async fn a_page_that_listens_twice_hears_once() {
    let scene = scene();
    let page = scene.page().await;
    let tenant = scene.owner.tenant.clone();
    let watcher = scene.page_of(&build::identity(&tenant)).await;
    scene
        .connections
        .subscribe(&page, Topic::Task(tenant.clone(), scene.task));
    scene
        .connections
        .subscribe(&page, Topic::Tag(tenant.clone(), "nightly".into()));
    scene
        .connections
        .subscribe(&watcher, Topic::Tag(tenant, "nightly".into()));
    let mut update = scene.end(2);
    update.tags = vec!["nightly".into()];
    scene.push.run(&[update]).await;
    assert_eq!(scene.versions(&page), [2]);
    assert_eq!(scene.versions(&watcher), [2]);
}

#[tokio::test]
async fn topics_are_looked_up_once() {
    let scene = scene();
    scene.page().await;
    let batch: Vec<_> = (2..12).map(|version| scene.progress(version)).collect();
    scene.push.run(&batch).await;
    assert_eq!(
        scene.faults.count("connections.listeners"),
        2,
        "the user, the task"
    );
}

#[tokio::test]
async fn operators_get_a_copy_of_every_failure_and_of_nothing_else() {
    let scene = scene();
    let page = scene.page().await;
    let operator = Identity {
        scopes: [Scope::Operator].into(),
        ..build::identity(&build::tenant())
    };
    let operator = scene.page_of(&operator).await;
    for id in [&operator, &page] {
        scene.connections.subscribe(id, Topic::Operators);
    }
    let failed = scene.update(3, Status::Failed, None);
    let late = scene.update(5, Status::TimedOut, None);
    let cancelled = scene.update(6, Status::Cancelled, None);
    let batch = [scene.progress(2), failed, scene.end(4), late, cancelled];
    assert!(all_pushed(&scene.push.run(&batch).await));
    assert_eq!(scene.versions(&operator), [3, 5]);
    for frame in scene.frames(&operator) {
        assert_eq!(frame["stream"], "operators");
        assert_eq!(frame["tenant"], scene.owner.tenant.as_str());
    }
    // Whoever submitted the task gets both, the copy after the update.
    assert_eq!(scene.versions(&page), [3, 3, 4, 5, 5, 6]);
    assert_eq!(scene.frames(&page)[0].get("stream"), None);
}

#[tokio::test]
async fn without_its_listeners_an_update_fails() {
    let scene = scene();
    let page = scene.page().await;
    let mut other = scene.end(4);
    other.request_id = build::request_id();
    other.owner = build::user();
    // One of the lookups for the first task.
    scene
        .faults
        .on("connections.listeners", 1, Fault::Unavailable);
    let outcomes = scene.push.run(&[scene.end(2), other]).await;
    let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    assert_eq!(failed, 1, "{outcomes:?}");
    assert!(scene.versions(&page).len() <= 1);
}
