//! The Runtime API of one process.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Response, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc, oneshot};
use uuid::Uuid;

use crate::http_server::{Answered, Asked, Cut, HttpServer};

const VERSION: &str = "/2018-06-01/runtime";

/// What a function made of an event: its answer, or the error it reported.
pub(crate) type Reported = Result<Value, Value>;

/// An event on its way into the function.
struct Invocation {
    id: String,
    event: Value,
    deadline: SystemTime,
    answer: oneshot::Sender<Reported>,
}

struct State {
    arn: String,
    waiting: Mutex<mpsc::Receiver<Invocation>>,
    /// The invocations that the function works on, by their ids.
    in_hand: Mutex<HashMap<String, oneshot::Sender<Reported>>>,
    /// Told once: by the first call for an event, or by an error of the start.
    started: Mutex<Option<oneshot::Sender<Result<(), Value>>>>,
}

/// A server that one function process calls.
pub(crate) struct Api {
    server: HttpServer,
    events: mpsc::Sender<Invocation>,
}

impl Api {
    /// Serves a function of this name. What is received once tells how its start went.
    pub(crate) async fn start(
        name: &str,
    ) -> io::Result<(Self, oneshot::Receiver<Result<(), Value>>)> {
        let (events, waiting) = mpsc::channel(1);
        let (told, started) = oneshot::channel();
        let state = Arc::new(State {
            arn: format!("arn:aws:lambda:us-east-1:000000000000:function:{name}"),
            waiting: Mutex::new(waiting),
            in_hand: Mutex::default(),
            started: Mutex::new(Some(told)),
        });
        let handle = move |request| handle(Arc::clone(&state), request);
        let server = HttpServer::start(handle).await?;
        Ok((Self { server, events }, started))
    }

    /// The value of `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) fn address(&self) -> String {
        self.server.address().to_string()
    }

    /// Hands an event over. What is received is the function's answer; nothing, if it ends first.
    pub(crate) async fn hand_over(
        &self,
        event: Value,
        timeout: Duration,
    ) -> oneshot::Receiver<Reported> {
        let (answer, answered) = oneshot::channel();
        let invocation = Invocation {
            id: fresh(),
            event,
            deadline: now() + timeout,
            answer,
        };
        // The receiver lives as long as the server, which is ours.
        let _ = self.events.send(invocation).await;
        answered
    }
}

async fn handle(state: Arc<State>, request: Asked) -> Result<Answered, Cut> {
    let path = request.uri().path().strip_prefix(VERSION);
    match (request.method(), path.unwrap_or_default()) {
        (&Method::GET, "/invocation/next") => next(&state).await,
        (&Method::POST, "/init/error") => {
            settle(&state, Err(value(request.body()))).await;
            Ok(accepted())
        }
        (&Method::POST, path) => {
            let mut parts = path.trim_start_matches('/').split('/').skip(1);
            let (id, call) = (parts.next(), parts.next());
            let reported = match call {
                Some("response") => Ok(value(request.body())),
                Some("error") => Err(value(request.body())),
                _ => return Ok(refused(StatusCode::NOT_FOUND, "NotFound")),
            };
            Ok(report(&state, id.unwrap_or_default(), reported).await)
        }
        _ => Ok(refused(StatusCode::NOT_FOUND, "NotFound")),
    }
}

async fn settle(state: &State, outcome: Result<(), Value>) {
    if let Some(started) = state.started.lock().await.take() {
        let _ = started.send(outcome);
    }
}

async fn next(state: &State) -> Result<Answered, Cut> {
    settle(state, Ok(())).await;
    let Some(invocation) = state.waiting.lock().await.recv().await else {
        return Err(Cut);
    };
    let deadline = invocation.deadline.duration_since(UNIX_EPOCH);
    let answer = Response::builder()
        .header(CONTENT_TYPE, "application/json")
        .header("lambda-runtime-aws-request-id", &invocation.id)
        .header(
            "lambda-runtime-deadline-ms",
            deadline.unwrap_or_default().as_millis().to_string(),
        )
        .header("lambda-runtime-invoked-function-arn", &state.arn)
        .header("lambda-runtime-trace-id", trace_id())
        .body(Full::from(invocation.event.to_string()))
        .map_err(|_| Cut)?;
    let mut in_hand = state.in_hand.lock().await;
    in_hand.insert(invocation.id, invocation.answer);
    Ok(answer)
}

async fn report(state: &State, id: &str, reported: Reported) -> Answered {
    let held = state.in_hand.lock().await.remove(id);
    match held {
        Some(answer) => {
            // Whoever asked may have lost patience.
            let _ = answer.send(reported);
            accepted()
        }
        None => refused(StatusCode::BAD_REQUEST, "InvalidRequestID"),
    }
}

fn value(body: &Bytes) -> Value {
    serde_json::from_slice(body)
        .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(body).into_owned()))
}

fn accepted() -> Answered {
    answer(StatusCode::ACCEPTED, &json!({"status": "OK"}))
}

fn refused(status: StatusCode, kind: &str) -> Answered {
    answer(status, &json!({"errorType": kind, "errorMessage": kind}))
}

fn answer(status: StatusCode, body: &Value) -> Answered {
    let mut answer = Response::new(Full::from(body.to_string()));
    *answer.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    answer
}

/// In X-Ray's form: version, start as eight hexadecimal digits, 96 random bits.
fn trace_id() -> String {
    let seconds = now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let random = fresh();
    format!(
        "Root=1-{:08x}-{};Parent={};Sampled=0",
        seconds.as_secs(),
        &random[..24],
        &fresh()[..16]
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "a real function counts the rest of its time by the real clock"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "invocations and traces of a stand-in need names that differ, no more"
)]
fn fresh() -> String {
    Uuid::new_v4().simple().to_string()
}
