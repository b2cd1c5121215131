//! An outage of the push side neither holds up nor repeats work.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::task::Status;
use end_to_end::fault_proxy::{Action, Plan};
use futures::future::join_all;
use tokio::time::sleep;

use crate::lane::{large, small};
use crate::site::Site;

async fn nothing_can_be_announced(site: &Arc<Site>, action: Action) {
    let lane = site.lane().await;
    let (worker, proxy) = lane.proxied(&[]).await;
    worker.start().await.expect("it starts");
    proxy.follow(Plan::of("sqs.SendMessage", action));
    let tasks = [lane.submit(small()).await, lane.submit(large()).await];
    let started = Instant::now();
    let _polling = lane.source().poll(&worker);
    for task in &tasks {
        // In the table, though nobody can be told.
        assert_eq!(lane.ended(task).await.attempt, 1);
    }
    let took = started.elapsed();
    assert!(took < Duration::from_secs(20), "{action:?}: {took:?}");
    sleep(Duration::from_secs(1)).await;
    assert!(lane.announced().await.is_empty(), "nothing got through");

    proxy.follow(Plan::none());
    for task in lane.settle(&tasks, Status::Completed).await {
        assert_eq!(task.attempt, 1, "{action:?}: the work was repeated");
    }
}

#[tokio::test]
async fn work_goes_on_while_nothing_can_be_announced() {
    Site::with(async |site| {
        let actions = [
            Action::CutBefore,
            Action::Throttle,
            Action::Stall(Duration::from_secs(25)),
        ];
        join_all(actions.map(|action| nothing_can_be_announced(&site, action))).await;
    })
    .await;
}
