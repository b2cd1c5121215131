//! Pages that open, are gone, slow or broken.

use std::time::Duration;

use domain::connection::HANDSHAKE;
use domain::task::Status;
use testkit::memory::Behaviour;
use tokio::time::Instant;

use super::scene::{all_pushed, scene};
use crate::push_updates::{BUDGET, PushError};

/// The connection is stored while its handshake goes on, and the gateway calls it gone.
#[tokio::test(start_paused = true)]
async fn a_page_that_is_about_to_open_is_waited_for_and_never_forgotten() {
    let scene = scene();
    scene.clock.advance(-HANDSHAKE);
    let (opening, aborted) = (scene.page().await, scene.page().await);
    scene.postman.set(&aborted, Behaviour::Gone);
    scene.postman.set(&opening, Behaviour::Gone);
    let postman = scene.postman.clone();
    let opens = async {
        tokio::task::yield_now().await;
        while postman.tries(&opening) == 0 {
            tokio::task::yield_now().await;
        }
        postman.set(&opening, Behaviour::Open);
    };
    let batch = [scene.end(2)];
    let (outcomes, ()) = tokio::join!(scene.push.run(&batch), opens);
    assert!(all_pushed(&outcomes));
    assert_eq!(scene.versions(&opening), [2]);
    assert_eq!(scene.connections.ids().len(), 2);
    scene.clock.advance(HANDSHAKE);
    scene.push.run(&batch).await;
    assert_eq!(scene.connections.ids(), [opening]);
}

#[tokio::test]
async fn a_page_that_is_gone_is_forgotten() {
    let scene = scene();
    let (gone, open) = (scene.page().await, scene.page().await);
    scene.postman.set(&gone, Behaviour::Gone);
    let batch = [scene.update(2, Status::Processing, None), scene.end(3)];
    assert!(all_pushed(&scene.push.run(&batch).await));
    assert_eq!(scene.connections.ids(), std::slice::from_ref(&open));
    assert_eq!(scene.postman.tries(&gone), 1);
    assert_eq!(scene.versions(&open), [2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_page_is_tried_again() {
    let scene = scene();
    let page = scene.page().await;
    scene.postman.set(&page, Behaviour::Throttled(2));
    let batch = [scene.update(2, Status::Processing, None), scene.end(3)];
    assert!(all_pushed(&scene.push.run(&batch).await));
    assert_eq!(scene.versions(&page), [2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_takes_nothing_is_left_alone_and_reported() {
    let scene = scene();
    let (dead, open) = (scene.page().await, scene.page().await);
    scene.postman.set(&dead, Behaviour::Failing);
    let batch = [scene.update(2, Status::Processing, None), scene.end(3)];
    let outcomes = scene.push.run(&batch).await;
    for outcome in &outcomes {
        assert!(matches!(
            outcome,
            Err(PushError::Unreached { connections: 1 })
        ));
    }
    assert_eq!(
        scene.postman.tries(&dead),
        3,
        "the second update is not tried"
    );
    assert_eq!(scene.versions(&open), [2, 3]);
}

#[tokio::test(start_paused = true)]
async fn slow_pages_do_not_delay_the_others() {
    let scene = scene();
    let mut open = Vec::new();
    for n in 0..200 {
        let page = scene.page().await;
        match n % 10 {
            0 => scene
                .postman
                .set(&page, Behaviour::Slow(Duration::from_mins(1))),
            1 => scene.postman.set(&page, Behaviour::Failing),
            _ => open.push(page),
        }
    }
    let started = Instant::now();
    let batch = [scene.update(2, Status::Processing, None), scene.end(3)];
    scene.push.run(&batch).await;
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
    for page in &open {
        assert_eq!(scene.versions(page), [2, 3]);
    }
    let posted = scene.postman.posted();
    let latest = posted.iter().map(|posted| posted.at - started).max();
    assert!(latest.unwrap() < Duration::from_secs(1), "{latest:?}");
}

#[tokio::test(start_paused = true)]
async fn a_batch_ends_in_time_however_many_are_slow() {
    let scene = scene();
    for _ in 0..300 {
        let page = scene.page().await;
        scene
            .postman
            .set(&page, Behaviour::Slow(Duration::from_mins(1)));
    }
    let started = Instant::now();
    let outcomes = scene.push.run(&[scene.end(2)]).await;
    assert_eq!(started.elapsed(), BUDGET);
    assert!(matches!(
        outcomes[0],
        Err(PushError::Unreached { connections: 300 })
    ));
}
