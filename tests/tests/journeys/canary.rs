//! The canary goes round on the running stack, and says where it fails.

use std::time::Duration;

use end_to_end::{Stack, binary, fresh};
use runtime_api::{Failed, Function, Setup};
use serde_json::{Value, json};

/// The function with a user of its own whose password is this.
async fn canary(stack: &Stack, password: Option<&str>) -> (Function, String) {
    let (username, right) = stack.new_login(&format!("t-{}", fresh()), &[]).await;
    let secret = format!("canary-{}", fresh());
    let password = password.unwrap_or(&right);
    let login = json!({"username": username, "password": password}).to_string();
    secrets(
        "CreateSecret",
        &json!({"Name": secret, "SecretString": login}),
    )
    .await;
    let mut env = vec![
        ("CANARY_SECRET".to_owned(), secret.clone()),
        ("HTTP_URL".to_owned(), Stack::variable("ADOLOGY_HTTP_URL")),
        (
            "SIGN_IN_URL".to_owned(),
            Stack::variable("AWS_ENDPOINT_URL"),
        ),
        (
            "USER_POOL_CLIENT_ID".to_owned(),
            Stack::variable("COGNITO_CLIENT_ID"),
        ),
    ];
    for name in [
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    ] {
        env.push((name.into(), Stack::variable(name)));
    }
    let function = Function::new(Setup {
        program: binary("canary"),
        arguments: vec![],
        env,
        timeout: Duration::from_secs(100),
        at_once: 1,
    });
    (function, secret)
}

/// Asks the emulator's Secrets Manager, which wants no signature.
async fn secrets(operation: &str, body: &Value) {
    let client = reqwest::Client::builder().no_proxy().build();
    let request = client
        .expect("a client")
        .post(Stack::variable("AWS_ENDPOINT_URL"))
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("secretsmanager.{operation}"))
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/secretsmanager/aws4_request",
        );
    let answer = request.body(body.to_string()).send().await;
    let answer = answer.expect("the emulator answers");
    assert!(answer.status().is_success(), "{operation}: {answer:?}");
}

async fn forget(secret: &str) {
    let delete = json!({"SecretId": secret, "ForceDeleteWithoutRecovery": true});
    secrets("DeleteSecret", &delete).await;
}

#[tokio::test]
async fn the_canary_goes_round_and_tells_how_long_each_step_took() {
    let stack = Stack::running().await;
    let (canary, secret) = canary(&stack, None).await;
    let answer = canary.invoke(json!({})).await;
    forget(&secret).await;
    let answer = answer.expect("it goes round");
    let steps = answer["steps_ms"].as_object().expect("steps");
    let names: Vec<_> = steps.keys().map(String::as_str).collect();
    assert_eq!(names, ["connect", "receive", "sign_in", "submit"]);
    assert!(steps.values().all(|ms| ms.as_f64() > Some(0.0)), "{answer}");
    let log = canary.log().join("\n");
    assert!(log.contains(r#""CanarySuccess":1"#), "{log}");
    assert!(log.contains(r#""CanaryTime""#), "{log}");
}

#[tokio::test]
async fn a_canary_with_a_wrong_password_says_that_it_cannot_sign_in() {
    let stack = Stack::running().await;
    let wrong = "Not-the-password-1";
    let (canary, secret) = canary(&stack, Some(wrong)).await;
    let failed = canary.invoke(json!({})).await;
    forget(&secret).await;
    let Err(Failed::Reported(error)) = failed else {
        panic!("{failed:?}");
    };
    assert_eq!(error["errorType"], "sign_in", "{error}");
    let log = canary.log().join("\n");
    assert!(log.contains(r#""CanarySuccess":0"#), "{log}");
    assert!(!log.contains(wrong), "a password in the log");
}
