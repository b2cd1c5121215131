//! Tasks from a shell.

use std::process::Stdio;

use end_to_end::{Stack, binary, fresh};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{ChildStdout, Command};

use super::ops;

async fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> Value {
    let line = lines.next_line().await.expect("a line").expect("a line");
    serde_json::from_str(&line).expect("JSON")
}

#[tokio::test]
async fn a_task_is_submitted_watched_listed_and_shown() {
    let stack = Stack::running().await;
    let login = stack.new_login(&format!("t-{}", fresh()), &[]).await;
    let as_user = || Some(login.clone());
    let submit = [
        "tasks",
        "submit",
        "aggregate",
        "--input",
        r#"{"window":"all"}"#,
        "--tag",
        "shell",
        "--wait",
    ];
    let (code, watched) = ops(as_user(), &submit).await;
    assert_eq!(code, Some(0), "{watched}");
    let task = &watched["tasks"][0];
    assert_eq!(task["status"], "completed");
    let id = task["request_id"].as_str().expect("an id");

    let list = ["tasks", "list", "--tag", "shell", "--status", "completed"];
    let (_, listed) = ops(as_user(), &list).await;
    assert_eq!(listed["tasks"][0]["request_id"], json!(id));
    let (_, shown) = ops(as_user(), &["tasks", "show", id]).await;
    assert!(
        shown["updates"].as_array().map(Vec::len) >= Some(3),
        "{shown}"
    );

    let waits = [
        "tasks",
        "submit",
        "aggregate",
        "--input",
        r#"{"window":"all"}"#,
        "--delay",
        "600",
    ];
    let (_, queued) = ops(as_user(), &waits).await;
    let waiting = queued["request_id"].as_str().expect("an id");
    let (code, cancelled) = ops(as_user(), &["tasks", "cancel", waiting]).await;
    assert_eq!((code, &cancelled["status"]), (Some(0), &json!("cancelled")));
}

#[tokio::test]
async fn changes_are_told_as_they_are_pushed() {
    let stack = Stack::running().await;
    let tenant = format!("t-{}", fresh());
    let worker = stack.new_user(&tenant, &["notify"]).await;
    let (name, password) = stack.new_login(&tenant, &[]).await;
    let login = Some((name.clone(), password.clone()));
    let submit = [
        "tasks",
        "submit",
        "external",
        "--input",
        r#"{"text":"some words"}"#,
    ];
    let (_, queued) = ops(login, &submit).await;
    let id = queued["request_id"].as_str().expect("an id").to_owned();
    let mut watch = Command::new(binary("ops"))
        .args(["--json", "tasks", "watch", &id])
        .env_remove("ADOLOGY_TOKEN")
        .env("ADOLOGY_USERNAME", name)
        .env("ADOLOGY_PASSWORD", password)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("ops starts");
    let mut lines = BufReader::new(watch.stdout.take().expect("piped")).lines();
    let first = next(&mut lines).await;
    assert_eq!(first["request_id"], json!(id));
    let report = json!({"request_id": id, "status": "completed", "result": {"words": 2}});
    worker.post("/notify", &report).await.expect(200);
    let mut versions = vec![first["version"].as_u64()];
    let last = loop {
        let line = next(&mut lines).await;
        if line["tasks"].is_array() {
            break line;
        }
        versions.push(line["version"].as_u64());
    };
    let output = watch.wait_with_output().await.expect("ops ends");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && told.is_empty(),
        "it is told live: {told}"
    );
    assert_eq!(last["tasks"][0]["status"], "completed");
    assert!(versions.is_sorted() && versions.len() > 1, "{versions:?}");
}

#[tokio::test]
async fn who_is_connected_is_counted() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let _sockets = [caller.socket().await, caller.socket().await];
    let (code, connected) = ops(None, &["connections"]).await;
    assert_eq!(code, Some(0));
    let ours = &connected["tenants"][caller.tenant.as_str()];
    assert_eq!((&ours["open"], &ours["stale"]), (&json!(2), &json!(0)));
}
