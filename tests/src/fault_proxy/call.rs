//! Which operation a request is.

use std::collections::BTreeMap;
use std::fmt;

use http::Method;
use runtime_api::Asked;
use serde_json::Value;

/// One request of a function to AWS: the first try of a call, or a repetition by the SDK.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// Service and operation, and where the request holds a task's state, that: such as
    /// `dynamodb.PutItem(running)`, `sqs.SendMessage(completed)`, `s3.PutObject`.
    pub operation: String,
    /// The how many-th request of this operation, from 1.
    pub nth: usize,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} #{}", self.operation, self.nth)
    }
}

/// Numbers requests by operation.
#[derive(Debug, Default)]
pub(super) struct Counter(BTreeMap<String, usize>);

impl Counter {
    pub(super) fn call(&mut self, request: &Asked) -> Call {
        let operation = operation(request);
        let count = self.0.entry(operation.clone()).or_default();
        *count += 1;
        Call {
            operation,
            nth: *count,
        }
    }
}

/// `DynamoDB` and SQS name the operation in a header, S3 by method, path and query.
fn operation(request: &Asked) -> String {
    let target = request.headers().get("x-amz-target");
    let target = target.and_then(|target| target.to_str().ok());
    if let Some((service, operation)) = target.and_then(|target| target.split_once('.')) {
        let service = match service {
            "AmazonSQS" => "sqs",
            service if service.starts_with("DynamoDB") => "dynamodb",
            other => other,
        };
        let state = state(request.body()).map(|state| format!("({state})"));
        return format!("{service}.{operation}{}", state.unwrap_or_default());
    }
    let query = request.uri().query().unwrap_or_default();
    let names = |name: &str| {
        query
            .split('&')
            .any(|part| part.split('=').next() == Some(name))
    };
    let operation = match *request.method() {
        Method::POST if names("uploads") => "CreateMultipartUpload",
        Method::PUT if names("partNumber") => "UploadPart",
        Method::POST if names("uploadId") => "CompleteMultipartUpload",
        Method::DELETE if names("uploadId") => "AbortMultipartUpload",
        Method::GET if names("uploads") => "ListMultipartUploads",
        Method::GET if names("uploadId") => "ListParts",
        Method::PUT => "PutObject",
        Method::GET => "GetObject",
        Method::HEAD => "HeadObject",
        Method::DELETE => "DeleteObject",
        _ => return format!("{} {}", request.method(), request.uri().path()),
    };
    format!("s3.{operation}")
}

/// Of a task item that is put, or an update that is sent: the phase of a task that goes on, or
/// the status of one that has ended. So a claim, progress and an end have places of their own,
/// however much progress there is.
fn state(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let item = &body["Item"];
    if item.is_object() {
        let state = item["phase"]["S"].as_str().or(item["status"]["S"].as_str());
        return state.map(str::to_owned);
    }
    let message: Value = serde_json::from_str(body["MessageBody"].as_str()?).ok()?;
    let state = message["phase"].as_str().or(message["status"].as_str());
    state.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Request;

    use super::*;

    fn named(method: &str, target: Option<&str>) -> String {
        named_with(method, target, "")
    }

    fn named_with(method: &str, target: Option<&str>, body: &'static str) -> String {
        named_at("/bucket/key", method, target, body)
    }

    fn named_at(uri: &str, method: &str, target: Option<&str>, body: &'static str) -> String {
        let request = Request::builder().method(method).uri(uri);
        let request = match target {
            Some(target) => request.header("x-amz-target", target),
            None => request,
        };
        operation(&request.body(Bytes::from_static(body.as_bytes())).unwrap())
    }

    #[test]
    fn requests_are_known_by_their_operation() {
        let put = named("POST", Some("DynamoDB_20120810.PutItem"));
        assert_eq!(put, "dynamodb.PutItem");
        let send = named("POST", Some("AmazonSQS.SendMessage"));
        assert_eq!(send, "sqs.SendMessage");
        assert_eq!(named("PUT", None), "s3.PutObject");
        assert_eq!(named("POST", None), "POST /bucket/key");
    }

    #[test]
    fn the_steps_of_a_multipart_upload_have_names() {
        for (method, query, name) in [
            ("POST", "uploads", "CreateMultipartUpload"),
            ("PUT", "partNumber=1&uploadId=u", "UploadPart"),
            ("POST", "uploadId=u", "CompleteMultipartUpload"),
            ("DELETE", "x-id=Abort&uploadId=u", "AbortMultipartUpload"),
            ("GET", "uploads=&prefix=p", "ListMultipartUploads"),
            ("GET", "uploadId=u", "ListParts"),
            ("GET", "x-id=GetObject", "GetObject"),
        ] {
            let named = named_at(&format!("/bucket/key?{query}"), method, None, "");
            assert_eq!(named, format!("s3.{name}"));
        }
    }

    #[test]
    fn a_state_is_part_of_the_name() {
        let put = Some("DynamoDB_20120810.PutItem");
        let running = r#"{"Item":{"status":{"S":"processing"},"phase":{"S":"running"}}}"#;
        let put_running = named_with("POST", put, running);
        assert_eq!(put_running, "dynamodb.PutItem(running)");
        let send = Some("AmazonSQS.SendMessage");
        let completed = r#"{"MessageBody":"{\"status\":\"completed\",\"phase\":null}"}"#;
        let send_completed = named_with("POST", send, completed);
        assert_eq!(send_completed, "sqs.SendMessage(completed)");
    }

    #[test]
    fn each_operation_has_its_own_count() {
        let mut counter = Counter::default();
        let mut call = |target: &str| {
            let request = Request::builder().header("x-amz-target", target);
            let call = counter.call(&request.body(Bytes::new()).unwrap());
            call.to_string()
        };
        assert_eq!(call("AmazonSQS.SendMessage"), "sqs.SendMessage #1");
        assert_eq!(call("DynamoDB_20120810.GetItem"), "dynamodb.GetItem #1");
        assert_eq!(call("AmazonSQS.SendMessage"), "sqs.SendMessage #2");
    }
}
