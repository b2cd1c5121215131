//! A signed-in caller of the HTTP API.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::socket::Socket;

/// How long anything that happens in the background may take, with a busy machine in mind.
const PATIENCE: Duration = Duration::from_mins(1);

/// A caller with a token.
#[derive(Debug, Clone)]
pub struct Caller {
    http: reqwest::Client,
    base: String,
    token: String,
    /// The tenant that the token names.
    pub tenant: String,
}

/// A task without what it used: that is told once it has ended, and grows for a moment after.
pub fn without_usage(mut task: Value) -> Value {
    if let Some(fields) = task.as_object_mut() {
        fields.remove("usage");
        fields.remove("cost_usd");
    }
    task
}

/// What the API answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null where it is no JSON.
    pub body: Value,
}

impl Answer {
    /// The stable code of an error, empty without one.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The body, after checking the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }
}

impl Caller {
    pub(crate) fn new(base: &str, token: String, tenant: &str) -> Self {
        let http = reqwest::Client::new();
        Self {
            http,
            base: base.into(),
            token,
            tenant: tenant.into(),
        }
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Posts JSON to a path.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// Deletes what is at a path.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Posts JSON to a path under a key of its own.
    pub async fn post_keyed(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).json(body);
        self.send(request.header("idempotency-key", key)).await
    }

    /// Posts JSON to a path, as part of a trace.
    pub async fn post_traced(&self, path: &str, traceparent: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).json(body);
        self.send(request.header("traceparent", traceparent)).await
    }

    /// Posts a text as it is, called JSON.
    pub async fn post_text(&self, path: &str, text: &str) -> Answer {
        let request = self.request(Method::POST, path);
        let request = request
            .header("content-type", "application/json")
            .body(text.to_owned());
        self.send(request).await
    }

    /// Submits an aggregate and gives its name.
    pub async fn submit_aggregate(&self, input: Value) -> String {
        let body = json!({"kind": "aggregate", "input": input});
        let answer = self.post("/tasks", &body).await.expect(202);
        answer["request_id"]
            .as_str()
            .expect("a request_id")
            .to_owned()
    }

    /// Waits until the task has ended, and gives it.
    pub async fn ended(&self, request_id: &str) -> Value {
        let path = format!("/tasks/{request_id}");
        let wait = async {
            loop {
                let task = self.get(&path).await.expect(200);
                if task["status"] != "processing" {
                    return task;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, wait)
            .await
            .expect("the task ends in time")
    }

    /// Buys a ticket.
    pub async fn ticket(&self) -> Value {
        self.post("/realtime/tickets", &json!({})).await.expect(201)
    }

    /// Opens a WebSocket with a ticket of its own.
    pub async fn socket(&self) -> Socket {
        let ticket = self.ticket().await;
        Socket::open(ticket["url"].as_str().expect("a url"))
            .await
            .expect("it connects")
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        if self.token.is_empty() {
            request
        } else {
            request.bearer_auth(&self.token)
        }
    }

    async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request
            .timeout(PATIENCE)
            .send()
            .await
            .expect("the API answers");
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.expect("a whole answer");
        Answer {
            status,
            headers,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
        }
    }
}
