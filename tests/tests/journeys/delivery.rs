//! The queue delivers at least once; the effect happens once.

use std::time::Duration;

use end_to_end::{Caller, Stack, without_usage};
use serde_json::{Value, json};

async fn send(stack: &Stack, body: &str) {
    let queue = Stack::variable("TASK_QUEUE_URL");
    stack
        .queues()
        .send_message()
        .queue_url(queue)
        .message_body(body)
        .send()
        .await
        .expect("sent");
}

fn message(caller: &Caller, id: &str) -> String {
    json!({"v": 1, "tenant": caller.tenant, "request_id": id}).to_string()
}

#[tokio::test]
async fn a_message_delivered_again_changes_nothing_and_repeats_the_update() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let id = caller.submit_aggregate(json!({"window": "all"})).await;
    let ended = caller.ended(&id).await;

    let mut socket = caller.socket().await;
    for _ in 0..3 {
        send(&stack, &message(&caller, &id)).await;
    }
    let repeated = socket.updates_of(&id).await;
    assert_eq!(
        repeated.last().expect("an update")["version"],
        ended["version"]
    );
    let later = caller.get(&format!("/tasks/{id}")).await.expect(200);
    assert_eq!(without_usage(later), without_usage(ended));
}

#[tokio::test]
async fn messages_that_race_run_the_task_once() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let id = caller.submit_aggregate(json!({"window": "all"})).await;
    let body = message(&caller, &id);
    futures::future::join_all((0..5).map(|_| send(&stack, &body))).await;
    let task = caller.ended(&id).await;
    assert_eq!(task["status"], "completed");
    assert_eq!(task["attempt"], 1, "{task}");
}

#[tokio::test]
async fn a_message_nobody_understands_is_a_dead_letter_at_once_and_says_why() {
    let stack = Stack::running().await;
    let poison = json!({"v": 99, "marker": end_to_end::fresh()}).to_string();
    send(&stack, &poison).await;
    let queue = Stack::variable("TASK_DLQ_URL");
    for _ in 0..120 {
        let received = stack
            .queues()
            .receive_message()
            .queue_url(&queue)
            .message_attribute_names("reason")
            .max_number_of_messages(10);
        let messages = received
            .visibility_timeout(1)
            .send()
            .await
            .expect("received")
            .messages;
        for found in messages.unwrap_or_default() {
            if found.body() == Some(poison.as_str()) {
                let attributes = found.message_attributes().expect("the reason");
                assert_eq!(
                    attributes["reason"].string_value(),
                    Some("unreadable_message: the message has version 99, we know up to 1")
                );
                let receipt = found.receipt_handle().unwrap_or_default();
                let delete = stack.queues().delete_message().queue_url(&queue);
                delete
                    .receipt_handle(receipt)
                    .send()
                    .await
                    .expect("deleted");
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("the message is not in the dead-letter queue");
}

#[tokio::test]
async fn a_burst_completes_whole() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let mut socket = caller.socket().await;
    let submit = (0..40).map(|_| caller.submit_aggregate(json!({"window": "all"})));
    let mut waiting: std::collections::BTreeSet<String> = futures::future::join_all(submit)
        .await
        .into_iter()
        .collect();
    while !waiting.is_empty() {
        let frame: Value = socket.frame().await;
        if frame["status"] == "completed" {
            waiting.remove(frame["request_id"].as_str().unwrap_or_default());
        }
    }
}
