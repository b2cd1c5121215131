//! What the functions have logged.

use std::time::Duration;

use serde_json::{Value, json};

use crate::stack::Stack;

/// How long a line may take to be found, with a busy machine in mind.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long to wait for a line too many.
const A_WHILE: Duration = Duration::from_secs(2);

/// The log of a function of the running stack.
#[derive(Debug, Clone)]
pub struct Log {
    http: reqwest::Client,
    endpoint: String,
    authorization: String,
    group: String,
}

impl Log {
    /// The log of this function, such as `worker`.
    pub fn of(function: &str) -> Self {
        let stack = Stack::variable("STACK_NAME");
        let key = Stack::variable("AWS_ACCESS_KEY_ID");
        let region = Stack::variable("AWS_REGION");
        let scope = format!("{key}/20260101/{region}/logs/aws4_request");
        Self {
            http: reqwest::Client::new(),
            endpoint: Stack::variable("AWS_ENDPOINT_URL"),
            authorization: format!(
                "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
            ),
            group: format!("/aws/lambda/{stack}-{function}"),
        }
    }

    /// The lines that hold this text, metrics left out, once there is one and a while has passed
    /// for more of them.
    pub async fn lines_with(&self, text: &str) -> Vec<Value> {
        let wait = async {
            while self.read(text).await.is_empty() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, wait).await;
        waited.unwrap_or_else(|_| panic!("{} shows no {text}", self.group));
        tokio::time::sleep(A_WHILE).await;
        self.read(text).await
    }

    /// The emulator checks no signature: the header only tells it which account, region and service
    /// are meant.
    async fn read(&self, text: &str) -> Vec<Value> {
        let mut lines = vec![];
        let mut next = Value::Null;
        loop {
            let mut query =
                json!({"logGroupName": self.group, "filterPattern": format!("\"{text}\"")});
            if next.is_string() {
                query["nextToken"] = next;
            }
            let request = self.http.post(&self.endpoint);
            let request = request
                .header("x-amz-target", "Logs_20140328.FilterLogEvents")
                .header("content-type", "application/x-amz-json-1.1")
                .header("authorization", &self.authorization)
                .body(query.to_string());
            let answer = request.send().await.expect("the log can be read");
            let answer = answer.text().await.expect("a whole answer");
            let answer: Value = serde_json::from_str(&answer).expect("events");
            for event in answer["events"].as_array().expect("events") {
                let message = event["message"].as_str().unwrap_or_default();
                lines.extend(line(message).filter(|_| message.contains(text)));
            }
            next = answer["nextToken"].clone();
            if !next.is_string() {
                return lines;
            }
        }
    }
}

/// A line of ours; not one of Lambda's, nor metrics.
fn line(message: &str) -> Option<Value> {
    let line: Value = serde_json::from_str(message).ok()?;
    line["_aws"].is_null().then_some(line)
}
