//! What of an update fits into a frame.

use domain::Failure;
use domain::task::{Status, TaskResult};
use protocol::frames::{LONGEST_FRAME, METERED_FRAME};
use serde_json::json;
use testkit::memory::Fault;

use super::scene::{all_pushed, scene};
use crate::push_updates::PushError;

/// An inline result that makes its message this long, or a little longer.
fn inline(bytes: usize) -> TaskResult {
    let value = json!("x".repeat(bytes));
    TaskResult::Inline { value }
}

#[tokio::test]
async fn a_large_result_is_linked_where_somebody_listens() {
    let scene = scene();
    let mut update = scene.end(2);
    update.result = Some(TaskResult::Stored {
        key: "t/results/r/1.json".into(),
        bytes: 40_000,
    });
    scene.push.run(&[update.clone()]).await;
    assert_eq!(scene.faults.count("results.link"), 0);

    let page = scene.page().await;
    scene.push.run(&[update.clone()]).await;
    let frame = scene.frames(&page).remove(0);
    assert_eq!(frame["result_url"], "memory://t/results/r/1.json");

    scene.faults.always("results.link", Fault::Unavailable);
    let outcomes = scene.push.run(&[update]).await;
    assert!(matches!(outcomes[0], Err(PushError::Link(_))));
}

#[tokio::test]
async fn a_result_that_is_too_large_for_a_frame_is_told_by_its_link() {
    for bytes in [METERED_FRAME, LONGEST_FRAME, 5 * LONGEST_FRAME] {
        let scene = scene();
        let page = scene.page().await;
        let mut update = scene.end(2);
        update.result = Some(inline(bytes));
        let outcomes = scene.push.run(&[update, scene.end(3)]).await;
        assert!(all_pushed(&outcomes), "{outcomes:?}");
        let frame = scene.frames(&page).remove(0);
        assert_eq!(frame.get("result"), None);
        let link = frame["result_url"].as_str().unwrap();
        assert!(link.contains(scene.owner.tenant.as_str()), "{link}");
        assert_eq!(scene.versions(&page), [2, 3]);
    }
}

#[tokio::test]
async fn a_result_that_fits_goes_as_it_is() {
    let scene = scene();
    let page = scene.page().await;
    let mut update = scene.end(2);
    update.result = Some(inline(METERED_FRAME - 1_000));
    scene.push.run(&[update]).await;
    assert!(scene.frames(&page)[0]["result"].is_string());
    assert_eq!(scene.faults.count("results.put"), 0);
}

/// What the gateway takes is sent in full, at the price of some more metered frames.
#[tokio::test]
async fn while_the_store_is_away_only_what_the_gateway_takes_is_sent() {
    let scene = scene();
    let page = scene.page().await;
    scene.faults.always("results.put", Fault::Unavailable);
    let (mut large, mut too_large) = (scene.end(2), scene.end(3));
    large.result = Some(inline(2 * METERED_FRAME));
    too_large.result = Some(inline(LONGEST_FRAME));
    let outcomes = scene.push.run(&[large, too_large]).await;
    assert!(outcomes[0].is_ok());
    assert!(matches!(outcomes[1], Err(PushError::Link(_))));
    assert_eq!(scene.versions(&page), [2]);
}

#[tokio::test]
async fn words_that_are_too_long_are_cut_and_tags_cannot_be() {
    let scene = scene();
    let page = scene.page().await;
    let mut wordy = scene.update(2, Status::Failed, Some(1));
    let long = "ä".repeat(LONGEST_FRAME);
    wordy.update.error = Some(Failure::permanent("broken", long.clone()));
    let mut laden = scene.end(3);
    laden.tags = vec![long];
    let outcomes = scene.push.run(&[wordy, laden]).await;
    assert!(outcomes[0].is_ok());
    assert!(matches!(outcomes[1], Err(PushError::TooLarge { .. })));
    let frame = scene.frames(&page).remove(0);
    assert_eq!(frame["error"]["message"].as_str().unwrap().len(), 1_024);
}
