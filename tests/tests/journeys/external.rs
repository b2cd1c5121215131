//! Workers outside report on tasks.

use std::path::Path;
use std::process::Command;

use end_to_end::{Stack, fresh};
use serde_json::json;

#[tokio::test]
async fn a_worker_outside_does_the_work_and_the_page_sees_it() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let worker = stack.new_user(&caller.tenant, &["notify"]).await;
    let mut socket = caller.socket().await;
    let task = json!({"kind": "external", "input": {"text": "some words"}});
    let task = caller.post("/tasks", &task).await.expect(202);
    let id = task["request_id"].as_str().expect("an id");
    let refused = caller
        .post(
            "/notify",
            &json!({"request_id": id, "status": "processing"}),
        )
        .await;
    assert_eq!((refused.status, refused.code()), (403, "forbidden"));

    let progress = json!({"percent": 50, "message": "counting"});
    let report = json!({"request_id": id, "status": "processing", "progress": progress});
    assert_eq!(
        worker.post("/notify", &report).await.expect(200)["version"],
        3
    );
    let second = stack.new_user(&caller.tenant, &["notify"]).await;
    assert_eq!(second.post("/notify", &report).await.code(), "task_held");
    let end = json!({"request_id": id, "status": "completed", "result": {"words": 2}});
    assert_eq!(worker.post("/notify", &end).await.expect(200)["version"], 4);
    assert_eq!(worker.post("/notify", &report).await.code(), "task_ended");

    let frames = socket.updates_of(id).await;
    let last = frames.last().expect("a frame");
    assert_eq!(
        (&last["version"], &last["result"]),
        (&json!(4), &json!({"words": 2}))
    );
    let stranger = stack.new_user(&format!("t-{}", fresh()), &["notify"]).await;
    assert_eq!(
        stranger.post("/notify", &end).await.code(),
        "task_not_found"
    );
}

/// No claim of ours tells that it is there; a page that did not submit it hears of it all the same.
#[tokio::test]
async fn a_task_for_outside_is_told_before_anybody_works_on_it() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let mut other_tab = caller.socket().await;
    let task = json!({"kind": "external", "input": {}});
    let task = caller.post("/tasks", &task).await.expect(202);
    let told = other_tab.frame_of("update").await;
    assert_eq!(
        (&told["request_id"], &told["version"], &told["phase"]),
        (&task["request_id"], &json!(1), &json!("queued"))
    );
}

/// The example of the documentation, as it is.
#[tokio::test]
async fn the_example_in_python_runs() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let (name, password) = stack.new_login(&caller.tenant, &["notify"]).await;
    let task = json!({"kind": "external", "input": {"text": "one two three"}, "tags": ["words"]});
    let task = caller.post("/tasks", &task).await.expect(202);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let python = std::env::var("ADOLOGY_PYTHON");
    let python =
        python.unwrap_or_else(|_| root.join(".local/venv/bin/python").display().to_string());
    let run = tokio::task::spawn_blocking(move || {
        Command::new(python)
            .arg(root.join("docs/examples/external_worker.py"))
            .arg("--once")
            .env("WORKER_USERNAME", name)
            .env("WORKER_PASSWORD", password)
            .output()
    });
    let output = run.await.expect("it ends").expect("python runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    let task = caller
        .ended(task["request_id"].as_str().expect("an id"))
        .await;
    assert_eq!(task["result"], json!({"words": 3}), "{told}");
    assert_eq!(task["status"], "completed");
}
