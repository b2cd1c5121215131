//! Bedrock's side of the wire: answers to `ConverseStream` as frames of
//! `application/vnd.amazon.eventstream`, written as AWS documents and sends them
//! (<https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html>,
//! <https://smithy.io/2.0/aws/amazon-eventstream.html>).

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use domain::model::TokenUsage;
use serde_json::{Value, json};
use testkit::memory::Take;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One answer on the wire.
#[derive(Clone)]
pub(super) struct Wire {
    head: String,
    /// Sent one after the other, each in a chunk of its own.
    pieces: Vec<Vec<u8>>,
    /// Whether the body ends as it should, or the line is cut.
    whole: bool,
}

/// A server that answers every request so, until it is dropped.
pub(super) struct Replay {
    pub(super) url: String,
    requests: Arc<Mutex<Vec<(String, Value)>>>,
    serving: JoinHandle<()>,
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Replay {
    pub(super) async fn of(wire: Wire) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(vec![]));
        let kept = requests.clone();
        let serving = tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let request = answer(socket, &wire).await;
                kept.lock().unwrap().push(request);
            }
        });
        Self {
            url,
            requests,
            serving,
        }
    }

    /// The first line and the body of every request.
    pub(super) fn requests(&self) -> Vec<(String, Value)> {
        self.requests.lock().unwrap().clone()
    }
}

async fn answer(mut socket: TcpStream, wire: &Wire) -> (String, Value) {
    let request = read(&mut socket).await;
    socket.write_all(wire.head.as_bytes()).await.unwrap();
    for piece in &wire.pieces {
        let size = format!("{:x}\r\n", piece.len());
        let chunk = [size.as_bytes(), piece, b"\r\n"].concat();
        socket.write_all(&chunk).await.unwrap();
        socket.flush().await.unwrap();
        tokio::task::yield_now().await;
    }
    if wire.whole {
        socket.write_all(b"0\r\n\r\n").await.unwrap();
    }
    request
}

async fn read(socket: &mut TcpStream) -> (String, Value) {
    let mut bytes = vec![];
    loop {
        socket.read_buf(&mut bytes).await.unwrap();
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.parse().unwrap())
        });
        let body = &bytes[end + 4..];
        if body.len() == length.unwrap_or(0) {
            let first = head.lines().next().unwrap().to_owned();
            return (first, serde_json::from_slice(body).unwrap());
        }
    }
}

fn frame(kind: &str, name: (&str, &str), payload: &Value) -> Vec<u8> {
    let text = |text: &str| HeaderValue::String(text.to_owned().into());
    let message = Message::new(payload.to_string().into_bytes())
        .add_header(Header::new(name.0.to_owned(), text(name.1)))
        .add_header(Header::new(":content-type", text("application/json")))
        .add_header(Header::new(":message-type", text(kind)));
    let mut bytes = vec![];
    write_message_to(&message, &mut bytes).unwrap();
    bytes
}

pub(super) fn event(name: &str, payload: &Value) -> Vec<u8> {
    frame("event", (":event-type", name), payload)
}

pub(super) fn exception(name: &str) -> Vec<u8> {
    let payload = json!({"message": "Too many requests, please wait before trying again."});
    frame("exception", (":exception-type", name), &payload)
}

fn said(parts: &[String]) -> Vec<Vec<u8>> {
    let mut frames = vec![event(
        "messageStart",
        &json!({"role": "assistant", "p": "abcd"}),
    )];
    for part in parts {
        let delta = json!({"contentBlockIndex": 0, "delta": {"text": part}, "p": "abcdefgh"});
        frames.push(event("contentBlockDelta", &delta));
    }
    frames
}

fn end(usage: TokenUsage) -> Vec<Vec<u8>> {
    let TokenUsage { input, output } = usage;
    let usage =
        json!({"inputTokens": input, "outputTokens": output, "totalTokens": input + output});
    vec![
        event(
            "contentBlockStop",
            &json!({"contentBlockIndex": 0, "p": "ab"}),
        ),
        event(
            "messageStop",
            &json!({"stopReason": "end_turn", "p": "abc"}),
        ),
        event(
            "metadata",
            &json!({"usage": usage, "metrics": {"latencyMs": 731}, "p": "a"}),
        ),
    ]
}

impl Wire {
    pub(super) fn stream(pieces: Vec<Vec<u8>>, whole: bool) -> Self {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\n\
            Transfer-Encoding: chunked\r\nConnection: close\r\n\
            x-amzn-RequestId: 7c5a4e3c-0f5b-4b55-9f0e-0d4a0c5ce6b1\r\n\r\n";
        Self {
            head: head.into(),
            pieces,
            whole,
        }
    }

    pub(super) fn refusal(status: &str, code: &str) -> Self {
        let body = json!({"message": "Why, in AWS's words."})
            .to_string()
            .into_bytes();
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\
             Connection: close\r\nx-amzn-ErrorType: {code}\r\n\r\n"
        );
        Self {
            head,
            pieces: vec![body],
            whole: true,
        }
    }

    /// What Bedrock sends where a model does this.
    pub(super) fn of(take: &Take) -> Self {
        match take {
            Take::Say(parts, usage) => Self::stream([said(parts), end(*usage)].concat(), true),
            Take::BusyAfter(parts) => {
                let throttled = vec![exception("throttlingException")];
                Self::stream([said(parts), throttled].concat(), true)
            }
            Take::BreakAfter(parts) => Self::stream(said(parts), false),
            Take::Busy => Self::refusal("429 Too Many Requests", "ThrottlingException"),
            Take::Away => Self::refusal("503 Service Unavailable", "ServiceUnavailableException"),
            Take::Refuse => Self::refusal("400 Bad Request", "ValidationException"),
        }
    }
}
