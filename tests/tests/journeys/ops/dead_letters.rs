//! Dead letters: found, mended, sent on their way again, and what becomes of their tasks.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_sqs::types::MessageAttributeValue;
use end_to_end::{Caller, Stack, fresh};
use serde_json::{Value, json};

use super::ops;

/// A caller, a worker outside of the same tenant, and a task that this worker has failed.
async fn failed(stack: &Stack) -> (Caller, Caller, String) {
    let caller = stack.new_tenant().await;
    let worker = stack.new_user(&caller.tenant, &["notify"]).await;
    let body = json!({"kind": "external", "input": {"text": "some words"}});
    let task = caller.post("/tasks", &body).await.expect(202);
    let id = task["request_id"].as_str().expect("an id").to_owned();
    let error = json!({"code": "no_words", "message": "There are no words."});
    let report = json!({"request_id": id, "status": "failed", "error": error});
    worker.post("/notify", &report).await.expect(200);
    (caller, worker, id)
}

/// Completes the task as soon as it is queued again.
async fn complete_again(caller: &Caller, worker: &Caller, id: &str) {
    let path = format!("/tasks/{id}");
    while caller.get(&path).await.expect(200)["status"] != "processing" {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let report = json!({"request_id": id, "status": "completed", "result": {"words": 2}});
    worker.post("/notify", &report).await.expect(200);
}

fn message(caller: &Caller, id: &str) -> String {
    json!({"v": 1, "tenant": caller.tenant, "request_id": id}).to_string()
}

/// The letters whose bodies have this mark, as soon as there are so many; others may be held by other tests for a moment.
pub(super) async fn letters_with(mark: &str, most: usize) -> Vec<String> {
    let mut marked = BTreeSet::new();
    for _ in 0..30 {
        let list = ["dlq", "list", "--each", "--reason", "unreadable_message"];
        let (code, found) = ops(None, &list).await;
        assert_eq!(code, Some(0));
        for letter in found["each"].as_array().expect("each") {
            let id = letter["id"].as_str().expect("an id");
            // Where another test has it in hand, what is shown is none.
            let (_, shown) = ops(None, &["dlq", "show", id]).await;
            if shown["body"]["marker"] == mark {
                let problem = shown["problem"].as_str().unwrap_or_default();
                assert!(problem.contains("version 99"), "{shown}");
                marked.insert(id.to_owned());
            }
        }
        if marked.len() >= most {
            return marked.into_iter().collect();
        }
    }
    panic!("only {marked:?} are found");
}

/// Mends the letter, as soon as no other test has it in hand.
async fn edit(letter: &str, file: &str) -> (Option<i32>, Value) {
    for _ in 0..30 {
        let edited = ops(None, &["dlq", "edit", letter, "--body", file]).await;
        if edited.1.is_object() {
            return edited;
        }
    }
    panic!("the letter is not found");
}

#[tokio::test]
async fn poison_is_found_mended_and_its_task_finishes() {
    let stack = Stack::running().await;
    let (caller, worker, id) = failed(&stack).await;
    let mark = fresh();
    let poison = json!({"v": 99, "marker": mark}).to_string();
    let send = stack.queues().send_message().message_body(poison);
    let send = send.queue_url(Stack::variable("TASK_QUEUE_URL"));
    send.send().await.expect("sent");

    let letter = letters_with(&mark, 1).await.remove(0);
    let file = std::env::temp_dir().join(format!("{mark}.json"));
    std::fs::write(&file, message(&caller, &id)).expect("written");
    let path = file.to_str().expect("a path");
    let ((code, edited), ()) =
        tokio::join!(edit(&letter, path), complete_again(&caller, &worker, &id));
    assert_eq!(code, Some(0), "{edited}");
    assert_eq!(edited["outcome"]["status"], "completed", "{edited}");
    assert_eq!(caller.ended(&id).await["result"], json!({"words": 2}));
    std::fs::remove_file(file).expect("removed");
}

#[tokio::test]
async fn the_letters_of_a_tenant_are_redriven_and_what_becomes_of_them_is_told() {
    let stack = Stack::running().await;
    let (caller, worker, id) = failed(&stack).await;
    let reason = MessageAttributeValue::builder().data_type("String");
    let reason = reason.string_value("no_words: There are no words.");
    let bury = stack.queues().send_message();
    let bury = bury
        .queue_url(Stack::variable("TASK_DLQ_URL"))
        .message_body(message(&caller, &id))
        .message_attributes("reason", reason.build().expect("complete"));
    bury.send().await.expect("sent");

    let of_tenant = ["--tenant", caller.tenant.as_str()];
    let redrive = async {
        // Another test may look at the letter at this very moment.
        for _ in 0..30 {
            let redrive = [&["dlq", "redrive", "--rate", "100/s"], &of_tenant[..]].concat();
            let (code, redriven) = ops(None, &redrive).await;
            if redriven["sent"] != 0 {
                return (code, redriven);
            }
        }
        panic!("the letter is not found");
    };
    let ((code, redriven), ()) = tokio::join!(redrive, complete_again(&caller, &worker, &id));
    assert_eq!(code, Some(0), "{redriven}");
    assert_eq!(redriven["sent"], 1, "{redriven}");
    let outcome = &redriven["outcomes"][0];
    assert_eq!(
        (&outcome["status"], &outcome["request_id"]),
        (&json!("completed"), &json!(id))
    );
    let list = [&["dlq", "list"], &of_tenant[..]].concat();
    assert_eq!(ops(None, &list).await.1["letters"], 0);
}
