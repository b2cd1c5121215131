//! The program against an API that counts, refuses and fails as told.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at what is not as it should be"
)]

use std::collections::HashSet;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What the API is asked and answers.
#[derive(Default)]
struct Api {
    known: HashSet<String>,
    batches: Vec<usize>,
    sign_ins: usize,
    /// Status codes of the next answers, before it takes anything in.
    failures: Vec<u16>,
}

type Shared = Arc<Mutex<Api>>;

fn answer(api: &Shared, path: &str, token: &str, body: &Value) -> (u16, Value) {
    let mut api = api.lock().unwrap();
    if path == "/cognito" {
        api.sign_ins += 1;
        let token = format!("token-{}", api.sign_ins);
        return (200, json!({"AuthenticationResult": {"IdToken": token}}));
    }
    assert_eq!(path, "/api/events");
    assert!(token.starts_with("Bearer "));
    if let Some(status) = api.failures.pop() {
        return (status, json!({"message": "as told"}));
    }
    let events = body["events"].as_array().unwrap();
    api.batches.push(events.len());
    let (mut accepted, mut errors) = (0, Vec::new());
    for (index, event) in events.iter().enumerate() {
        if event["user"] == "refused" {
            errors.push(json!({"index": index, "code": "in_the_future", "message": "m"}));
        } else if api.known.insert(event["id"].as_str().unwrap().into()) {
            accepted += 1;
        }
    }
    let duplicates = events.len() - accepted - errors.len();
    (
        200,
        json!({"accepted": accepted, "duplicates": duplicates, "errors": errors}),
    )
}

async fn serve(listener: TcpListener, api: Shared) {
    loop {
        let (connection, _) = listener.accept().await.unwrap();
        let api = Arc::clone(&api);
        let service = service_fn(move |request: Request<Incoming>| {
            let api = Arc::clone(&api);
            async move {
                let path = request.uri().path().to_owned();
                let token = request.headers().get("authorization");
                let token = token.map_or("", |token| token.to_str().unwrap()).to_owned();
                let body = request.into_body().collect().await?.to_bytes();
                let body = serde_json::from_slice(&body).unwrap();
                let (status, body) = answer(&api, &path, &token, &body);
                let mut response = Response::new(Full::<Bytes>::from(body.to_string()));
                *response.status_mut() = status.try_into().unwrap();
                response
                    .headers_mut()
                    .insert("retry-after", "0".parse().unwrap());
                Ok::<_, hyper::Error>(response)
            }
        });
        let http = hyper::server::conn::http1::Builder::new();
        tokio::spawn(http.serve_connection(TokioIo::new(connection), service));
    }
}

/// Runs the program with this as its standard input.
async fn run(api: &Shared, arguments: &[&str], input: &str) -> Output {
    run_with(api, arguments, input, false).await
}

/// The same; with `open` the input does not end before the program does.
async fn run_with(api: &Shared, arguments: &[&str], input: &str, open: bool) -> Output {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(serve(listener, Arc::clone(api)));
    let mut command = Command::new(env!("CARGO_BIN_EXE_ops"));
    command
        .env_clear()
        .env("ADOLOGY_HTTP_URL", format!("http://{address}/api"))
        .env("AWS_ENDPOINT_URL", format!("http://{address}/cognito"))
        .env("COGNITO_CLIENT_ID", "client")
        .env("ADOLOGY_USERNAME", "ada")
        .env("ADOLOGY_PASSWORD", "secret")
        .args(arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let output = tokio::task::spawn_blocking(move || {
        // Who refuses to begin does not read either.
        let _ = stdin.write_all(input.as_bytes());
        let _stdin = open.then_some(stdin);
        child.wait_with_output().unwrap()
    });
    let output = output.await.unwrap();
    server.abort();
    output
}

fn log(lines: usize) -> String {
    let line = |n: usize| {
        let second = n % 60;
        format!("::1 - - [01/Jan/2026:00:00:{second:02} +0000] \"GET /{n} HTTP/1.1\" 200 5 0.01\n")
    };
    (0..lines).map(line).collect()
}

fn summary(output: &Output) -> Value {
    let mut summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    summary.as_object_mut().unwrap().remove("seconds");
    summary
}

const LOG: &[&str] = &["--json", "import", "-", "--format", "access-log"];

#[tokio::test]
async fn a_repeated_import_changes_nothing_and_a_longer_one_adds_the_rest() {
    let api = Shared::default();
    let first = run(&api, LOG, &log(2_500)).await;
    assert_eq!(
        first.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&first.stderr)
    );
    let expected = json!({"lines": 2_500, "accepted": 2_500, "duplicates": 0, "refused": 0});
    assert_eq!(summary(&first), expected);
    let mut batches = api.lock().unwrap().batches.clone();
    batches.sort_unstable();
    assert_eq!(batches, [500, 1_000, 1_000]);

    let longer = summary(&run(&api, LOG, &log(2_600)).await);
    assert_eq!(
        (&longer["accepted"], &longer["duplicates"]),
        (&json!(100), &json!(2_500))
    );
}

#[tokio::test]
async fn what_may_pass_is_sat_out_and_an_old_token_is_renewed() {
    let api = Shared::default();
    api.lock().unwrap().failures = vec![401, 503, 429];
    let output = run(&api, LOG, &log(10)).await;
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(summary(&output)["accepted"], 10);
    assert_eq!(api.lock().unwrap().sign_ins, 2);
}

#[tokio::test]
async fn refused_lines_are_told_with_their_numbers() {
    let api = Shared::default();
    let good = log(1);
    let refused = good.replace("- - ", "- refused ");
    let text = format!("{good}\nnonsense\n{refused}");
    let output = run(&api, LOG, &text).await;
    assert_eq!(output.status.code(), Some(1));
    let expected = json!({"lines": 3, "accepted": 1, "duplicates": 0, "refused": 2});
    assert_eq!(summary(&output), expected);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("(stdin):3: not_an_access_log_line"), "{said}");
    assert!(said.contains("(stdin):4: in_the_future"), "{said}");
}

/// Also where the input would go on.
#[tokio::test]
async fn what_cannot_pass_ends_it_with_a_reason_and_without_secrets() {
    let api = Shared::default();
    api.lock().unwrap().failures = vec![403];
    let output = run_with(&api, LOG, &log(1_500), true).await;
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("403") && said.contains("run the same command again"),
        "{said}"
    );
    assert!(
        !said.contains("secret") && !said.contains("token-1"),
        "{said}"
    );
}

#[tokio::test]
async fn wrong_usage_is_told_before_anything_is_asked() {
    let api = Shared::default();
    for arguments in [
        &["import", "-"][..],
        &["import"],
        &["import", "a.log", "--type", "session"],
    ] {
        let output = run(&api, arguments, "").await;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(api.lock().unwrap().sign_ins, 0);
}

#[tokio::test]
async fn a_seed_is_sent_once() {
    let api = Shared::default();
    let seed = &["--json", "seed", "--events", "1500"];
    assert_eq!(summary(&run(&api, seed, "").await)["accepted"], 1_500);
    assert_eq!(summary(&run(&api, seed, "").await)["duplicates"], 1_500);
}
