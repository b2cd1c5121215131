//! An access log in, by the program `ops`; figures out.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use end_to_end::binary;
use end_to_end::{Caller, Stack, fresh};
use serde_json::{Value, json};

use crate::traffic::{assert_close, mean, response_time};

/// More than two batches.
const LINES: usize = 2_300;

/// A log in the Combined format with times, of three users.
fn access_log() -> String {
    let mut log = String::new();
    for n in 0..LINES {
        let (minute, second) = (n / 60 % 60, n % 60);
        let (user, status) = (n % 3, if n % 10 == 0 { 500 } else { 200 });
        let took = response_time(n);
        writeln!(
            log,
            "192.0.2.7 - user-{user} [01/May/2024:10:{minute:02}:{second:02} +0000] \"GET /items/{n}?key=x HTTP/1.1\" \
             {status} 512 \"-\" \"curl/8\" {took}"
        )
        .expect("a text can grow");
    }
    log
}

/// Imports the log as this user, and gives the summary without the time that it took.
async fn import(login: (String, String), log: String) -> Value {
    let mut command = Command::new(binary("ops"));
    command
        .args(["--json", "import", "-", "--format", "access-log"])
        .args(["--time-unit", "ms", "--service", "shop"])
        .env("ADOLOGY_USERNAME", login.0)
        .env("ADOLOGY_PASSWORD", login.1)
        .env_remove("ADOLOGY_TOKEN")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let ended = tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().expect("ops starts");
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin.write_all(log.as_bytes()).expect("ops reads");
        drop(stdin);
        child.wait_with_output().expect("ops ends")
    });
    let output = ended.await.expect("it ran");
    assert!(output.status.success(), "{}", output.status);
    let mut summary: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    summary["seconds"].take();
    summary
}

async fn figures(caller: &Caller) -> Value {
    caller.get("/dashboard?window=all").await.expect(200)
}

#[tokio::test]
async fn an_access_log_is_on_the_dashboard_and_is_taken_in_once() {
    let stack = Stack::running().await;
    let login = stack.new_login(&format!("t-{}", fresh()), &[]).await;
    let token = stack.sign_in(&login.0, &login.1).await.expect("a token");
    let caller = stack.caller(Some(&token));

    let first = import(login.clone(), access_log()).await;
    let summary = |accepted: usize| {
        json!({"lines": LINES, "accepted": accepted, "duplicates": LINES - accepted, "refused": 0,
            "seconds": null})
    };
    assert_eq!(first, summary(LINES));
    let shown = figures(&caller).await;
    assert_eq!(shown["user_count"], 3);
    let times: Vec<f64> = (0..LINES).map(response_time).collect();
    assert_close(&shown["avg_response_time_ms"], mean(&times));

    assert_eq!(import(login, access_log()).await, summary(0));
    assert_eq!(figures(&caller).await, shown);
}
