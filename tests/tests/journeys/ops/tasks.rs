//! Tasks from a shell.

use end_to_end::{Stack, fresh};
use serde_json::json;

use super::ops;

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
async fn who_is_connected_is_counted() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let _sockets = [caller.socket().await, caller.socket().await];
    let (code, connected) = ops(None, &["connections"]).await;
    assert_eq!(code, Some(0));
    let ours = &connected["tenants"][caller.tenant.as_str()];
    assert_eq!((&ours["open"], &ours["stale"]), (&json!(2), &json!(0)));
}
