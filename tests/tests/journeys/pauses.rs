//! A spend alarm pauses what the stack's guard is set to, and resumes it: through SNS, the function `guard`, its table
//! and what the API knows of it. The local stack guards the tenant `guarded`, which nobody else uses.

use std::time::{Duration, Instant};

use end_to_end::{Caller, Stack, fresh};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;
use tokio::time::sleep;

/// What the API may not know yet, and a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Publishes what CloudWatch would, as of now.
async fn alarm(state: &str) {
    let at = now().format(format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+0000"
    ));
    let message = json!({
        "AlarmName": "journey-spend",
        "NewStateValue": state,
        "StateChangeTime": at.expect("a moment"),
    });
    let topic = Stack::variable("SPEND_TOPIC");
    let body = format!(
        "Action=Publish&Version=2010-03-31&TopicArn={}&Message={}",
        encoded(&topic),
        encoded(&message.to_string())
    );
    let client = reqwest::Client::builder().no_proxy().build();
    let published = client
        .expect("a client")
        .post(Stack::variable("AWS_ENDPOINT_URL"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await;
    let status = published.expect("the emulator answers").status();
    assert!(status.is_success(), "SNS answered {status}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "the stack under test goes by the real time"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| {
        encoded + &format!("%{byte:02X}")
    })
}

fn task() -> Value {
    json!({"kind": "aggregate", "input": {"window": "all"}})
}

/// Submits with this key until it is answered so.
async fn answered(caller: &Caller, key: &str, status: u16) -> Value {
    let begun = Instant::now();
    loop {
        let answer = caller.post_keyed("/tasks", key, &task()).await;
        if answer.status == status || begun.elapsed() > PATIENCE {
            return answer.expect(status);
        }
        sleep(Duration::from_millis(250)).await;
    }
}

#[tokio::test]
async fn a_spend_alarm_pauses_a_tenant_until_it_goes_off() {
    let stack = Stack::running().await;
    let guarded = stack.new_user("guarded", &[]).await;
    let other = stack.new_tenant().await;
    // What an earlier run may have left behind.
    alarm("OK").await;
    let accepted = fresh();
    answered(&guarded, &accepted, 202).await;

    alarm("ALARM").await;
    let begun = Instant::now();
    let refused = loop {
        let answer = guarded.post_keyed("/tasks", &fresh(), &task()).await;
        if answer.status == 429 || begun.elapsed() > PATIENCE {
            break answer;
        }
        sleep(Duration::from_millis(250)).await;
    };
    assert_eq!((refused.status, refused.code()), (429, "paused"));
    let detail = refused.expect(429)["detail"].to_string();
    assert!(
        detail.contains("of your tenant is paused until 2"),
        "{detail}"
    );
    assert!(detail.contains("the alarm journey-spend is on"), "{detail}");
    let unused = fresh();
    answered(&guarded, &unused, 429).await;
    answered(&guarded, &accepted, 200).await;
    answered(&other, &fresh(), 202).await;

    alarm("OK").await;
    answered(&guarded, &unused, 202).await;
}
