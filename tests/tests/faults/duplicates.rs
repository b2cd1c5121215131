//! A message that is delivered twice, at once, or late has one effect.

use std::time::Duration;

use aws_sdk_sqs::types::Message;
use domain::Task;
use domain::task::Status;
use end_to_end::EventSource;

use crate::lane::{Lane, small};
use crate::site::Site;

async fn submitted(lane: &Lane, count: usize) -> Vec<Task> {
    let mut tasks = Vec::new();
    for _ in 0..count {
        tasks.push(lane.submit(small()).await);
    }
    tasks
}

/// Takes this many messages off the queue.
async fn taken(source: &EventSource, count: usize) -> Vec<Message> {
    let mut messages = Vec::new();
    while messages.len() < count {
        let batch = source.receive(Duration::from_secs(5)).await;
        assert!(!batch.is_empty(), "{} of {count} messages", messages.len());
        messages.extend(batch);
    }
    messages
}

#[tokio::test]
async fn two_workers_with_the_same_message_at_once() {
    Site::with(async |site| {
        let lane = site.lane().await;
        let tasks = submitted(&lane, 5).await;
        let source = lane.source();
        let messages = taken(&source, tasks.len()).await;
        let (one, other) = (lane.worker(&[]), lane.worker(&[]));
        one.start().await.expect("it starts");
        other.start().await.expect("it starts");
        let (first, second) = tokio::join!(
            source.deliver(&messages, &one),
            source.deliver(&messages, &other)
        );
        first.expect("an answer");
        second.expect("an answer");
        let _polling = source.poll(&one);
        for task in lane.settle(&tasks, Status::Completed).await {
            assert_eq!(task.attempt, 1);
        }
    })
    .await;
}

#[tokio::test]
async fn the_same_message_again_after_the_end() {
    Site::with(async |site| {
        let lane = site.lane().await;
        let tasks = submitted(&lane, 5).await;
        let source = lane.source();
        let messages = taken(&source, tasks.len()).await;
        let (one, other) = (lane.worker(&[]), lane.worker(&[]));
        let ids = source.deliver(&messages, &one).await.expect("an answer");
        assert!(ids.is_empty(), "{ids:?}");
        let ended = lane.settle(&tasks, Status::Completed).await;
        let ids = source.deliver(&messages, &other).await.expect("an answer");
        assert!(ids.is_empty(), "finished work is acknowledged: {ids:?}");
        assert_eq!(lane.settle(&tasks, Status::Completed).await, ended);
    })
    .await;
}

/// Also two messages of one task, in one batch or far apart.
#[tokio::test]
async fn messages_out_of_order_and_more_of_them_than_tasks() {
    Site::with(async |site| {
        let lane = site.lane().await;
        let tasks = submitted(&lane, 6).await;
        for task in tasks.iter().rev() {
            lane.send(task).await;
            lane.send(task).await;
        }
        let source = lane.source();
        let mut messages = taken(&source, 3 * tasks.len()).await;
        messages.reverse();
        let workers = [lane.worker(&[]), lane.worker(&[])];
        for (n, batch) in messages.chunks(4).enumerate() {
            let answer = source.deliver(batch, &workers[n % 2]).await;
            answer.expect("an answer");
        }
        let _polling = source.poll(&workers[0]);
        for task in lane.settle(&tasks, Status::Completed).await {
            assert_eq!(task.attempt, 1);
        }
    })
    .await;
}
