//! `ops tasks watch` against a small API with a WebSocket, which cuts and refuses as it is told.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at what is not as it should be"
)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use clap::Parser as _;
use futures::{SinkExt as _, StreamExt as _};
use http::Response;
use http_body_util::Full;
use ops::api::Api;
use ops::command::{Cli, Command};
use ops::settings::{Settings, Who};
use runtime_api::{Answered, Asked, HttpServer};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn update(version: u64, status: &str) -> Value {
    json!({"version": version, "status": status, "phase": null, "attempt": 1, "error": null, "progress": null,
        "at": "2026-03-01T12:00:00Z"})
}

/// A task whose history reaches up to here.
fn task(version: u64, status: &str) -> Value {
    let at = "2026-03-01T12:00:00Z";
    let before = (1..version).map(|version| update(version, "processing"));
    let updates: Vec<_> = before.chain([update(version, status)]).collect();
    json!({"request_id": ID, "kind": "aggregate", "status": status, "phase": null, "version": version,
        "progress": null, "attempt": 1, "error": null, "tags": [], "priority": "normal", "run_at": null,
        "deadline": null, "created_at": at, "updated_at": at, "started_at": at, "finished_at": null,
        "input": {}, "cost_usd": null, "updates": updates})
}

fn frame(version: u64, status: &str) -> String {
    let mut frame = update(version, status);
    for (name, value) in [
        ("type", "update"),
        ("request_id", ID),
        ("kind", "aggregate"),
    ] {
        frame[name] = json!(value);
    }
    frame.to_string()
}

fn answer(status: u16, body: &Value) -> Answered {
    let body = Full::new(Bytes::from(body.to_string()));
    Response::builder().status(status).body(body).unwrap()
}

/// An API that shows the task as it is told, the last state for ever, and sells tickets for this socket, or none.
async fn api(states: &[Value], socket: Option<String>) -> (HttpServer, Api) {
    let states = Arc::new(Mutex::new(VecDeque::from(states.to_vec())));
    let handle = move |asked: Asked| {
        let (states, socket) = (states.clone(), socket.clone());
        async move {
            Ok(match (asked.uri().path(), socket) {
                ("/realtime/tickets", Some(url)) => answer(
                    200,
                    &json!({"ticket": "t", "expires_at": "2026-03-01T12:00:00Z", "url": url}),
                ),
                ("/realtime/tickets", None) => answer(
                    403,
                    &json!({"type": "about:blank", "title": "Forbidden", "status": 403, "code": "forbidden",
                        "detail": "There are no tickets."}),
                ),
                _ => {
                    let mut states = states.lock().unwrap();
                    let state = if states.len() > 1 {
                        states.pop_front()
                    } else {
                        states.front().cloned()
                    };
                    answer(200, &state.unwrap())
                }
            })
        }
    };
    let server = HttpServer::start(handle).await.unwrap();
    let settings = Settings {
        http_url: format!("http://{}", server.address()),
        who: Who::Token("a-token".into()),
    };
    let api = Api::open(settings).await.unwrap();
    (server, api)
}

/// A WebSocket that hears so many frames on each connection, says some, and cuts. Gives what it heard.
async fn socket(
    connections: Vec<(usize, Vec<String>)>,
) -> (String, tokio::task::JoinHandle<Vec<Value>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/?ticket=t", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let mut heard = Vec::new();
        for (frames, says) in connections {
            let (stream, _) = listener.accept().await.unwrap();
            let mut socket = accept_async(stream).await.unwrap();
            for _ in 0..frames {
                let text = socket.next().await.unwrap().unwrap().into_text().unwrap();
                heard.push(serde_json::from_str(&text).unwrap());
            }
            for text in says {
                socket.send(Message::text(text)).await.unwrap();
            }
        }
        heard
    });
    (url, serving)
}

async fn watched(api: &Api, arguments: &[&str]) -> Result<bool, String> {
    let arguments = ["ops", "tasks", "watch"].iter().chain(arguments);
    let Command::Tasks(tasks) = Cli::try_parse_from(arguments).unwrap().command else {
        return Err("these are no arguments of `ops tasks`".into());
    };
    let now = OffsetDateTime::UNIX_EPOCH;
    let told = ops::tasks::run(&tasks, api, now, true).await;
    told.map_err(|error| domain::causes(&error))
}

#[tokio::test]
async fn after_a_cut_it_resumes_from_what_it_has_told() {
    let first = vec![frame(2, "processing"), frame(3, "processing")];
    let second = vec![frame(3, "processing"), frame(4, "completed")];
    let (url, serving) = socket(vec![(2, first), (2, second)]).await;
    let states = [task(1, "processing"), task(4, "completed")];
    let (_server, api) = api(&states, Some(url)).await;
    assert_eq!(watched(&api, &[ID]).await, Ok(true));
    let subscribe = json!({"action": "subscribe", "request_id": ID});
    let resume = |version: u64| json!({"action": "resume", "tasks": {ID: version}});
    let expected = [subscribe.clone(), resume(1), subscribe, resume(3)];
    assert_eq!(serving.await.unwrap(), expected);
}

#[tokio::test]
async fn where_the_socket_is_refused_the_history_is_read() {
    let states = [
        task(1, "processing"),
        task(2, "processing"),
        task(3, "failed"),
    ];
    let (_server, api) = api(&states, None).await;
    assert_eq!(watched(&api, &[ID]).await, Ok(false));
    let nobody = watched(&api, &["--mine"]).await.unwrap_err();
    assert!(
        nobody.contains("no live updates") && nobody.contains("There are no tickets."),
        "{nobody}"
    );
}

#[tokio::test]
async fn what_has_ended_needs_no_connection_and_patience_ends() {
    let (_server, ended) = api(&[task(3, "completed")], None).await;
    assert_eq!(watched(&ended, &[ID]).await, Ok(true));
    let (url, _serving) = socket(vec![(2, vec![]), (9, vec![])]).await;
    let (_server, open) = api(&[task(1, "processing")], Some(url)).await;
    assert_eq!(watched(&open, &[ID, "--patience", "1s"]).await, Ok(false));
}
