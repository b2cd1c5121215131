//! Pools that come and go lose nothing and do nothing twice.

use std::time::Duration;

use domain::Task;
use domain::task::Status;
use futures::future::join_all;

use crate::lane::{Lane, large, small};
use crate::site::Site;

/// More than a pool of four has in hand at once.
const MANY: usize = 24;

/// With a busy machine in mind.
const PATIENCE: Duration = Duration::from_mins(1);

const FOUR: (&str, &str) = ("POOL_CONCURRENCY", "4");

async fn many(lane: &Lane) -> Vec<Task> {
    let inputs = (0..MANY).map(|n| if n % 4 == 0 { large() } else { small() });
    join_all(inputs.map(|input| lane.submit(input))).await
}

/// Waits until a part of the tasks has ended and others have not.
async fn in_the_middle(lane: &Lane, tasks: &[Task]) {
    lane.ended(&tasks[0]).await;
}

#[tokio::test]
async fn two_pools_share_the_work_and_each_task_is_tried_once() {
    Site::with(async |site| {
        let lane = site.lane().await;
        let _pools = [lane.pool(&[FOUR]), lane.pool(&[FOUR])];
        let tasks = many(&lane).await;
        for task in lane.settle(&tasks, Status::Completed).await {
            assert_eq!(task.attempt, 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_pool_that_is_stopped_leaves_nothing_in_hand() {
    Site::with(async |site| {
        let lane = site.lane().await;
        let mut first = lane.pool(&[FOUR, ("POOL_DRAIN_SECONDS", "0")]);
        let tasks = many(&lane).await;
        in_the_middle(&lane, &tasks).await;
        first.terminate().await;
        let ended = first.ended(PATIENCE).await.expect("it ends");
        assert!(ended.success(), "{ended}");
        assert_eq!(lane.in_hand().await, 0, "all is done or given back");

        let _second = lane.pool(&[]);
        lane.settle(&tasks, Status::Completed).await;
    })
    .await;
}

#[tokio::test]
async fn a_killed_pool_leaves_its_tasks_to_another() {
    Site::with(async |site| {
        let lane = site.lane().await;
        let mut first = lane.pool(&[FOUR]);
        let tasks = many(&lane).await;
        in_the_middle(&lane, &tasks).await;
        first.kill9().await;

        let _second = lane.pool(&[]);
        for task in lane.settle(&tasks, Status::Completed).await {
            assert!(task.attempt <= 2, "{task:#?}");
        }
    })
    .await;
}

/// Lambda takes what a pool leaves, and the other way round.
#[tokio::test]
async fn a_pool_and_a_function_share_a_queue() {
    Site::with(async |site| {
        let lane = site.lane().await;
        let _pool = lane.pool(&[FOUR]);
        let function = lane.worker(&[]);
        let _polling = lane.source().poll(&function);
        let tasks = many(&lane).await;
        for task in lane.settle(&tasks, Status::Completed).await {
            assert_eq!(task.attempt, 1);
        }
    })
    .await;
}
