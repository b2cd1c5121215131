use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;

use super::*;

/// What a server was asked.
#[derive(Debug, Clone, Default)]
struct Asked {
    line: String,
    target: String,
    content: String,
    authorization: String,
    body: String,
}

/// A server that answers all alike and keeps what it was asked.
async fn server(status: u16, answer: &'static str) -> (Caller, Arc<Mutex<Vec<Asked>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let kept = Arc::clone(&kept);
            let service = service_fn(move |request| {
                let kept = Arc::clone(&kept);
                async move {
                    let read = read(request).await;
                    kept.lock().unwrap().push(read);
                    let mut response = Response::new(Full::new(Bytes::from(answer)));
                    *response.status_mut() = StatusCode::from_u16(status).unwrap();
                    Ok::<_, hyper::Error>(response)
                }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    (caller(&format!("http://{address}")), asked)
}

async fn read(request: Request<Incoming>) -> Asked {
    let header = |name: &str| {
        let value = request.headers().get(name);
        value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
    };
    let mut asked = Asked {
        line: format!("{} {}", request.method(), request.uri()),
        target: header("x-amz-target"),
        content: header("content-type"),
        authorization: header("authorization"),
        body: String::new(),
    };
    let body = request.into_body().collect().await.unwrap().to_bytes();
    asked.body = String::from_utf8(body.to_vec()).unwrap();
    asked
}

fn caller(endpoint: &str) -> Caller {
    let credentials = Credentials::new("AKID", "a secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    Caller::new(&config).unwrap()
}

#[tokio::test]
async fn a_json_operation_is_named_by_its_target() {
    let (caller, asked) = server(200, r#"{"MetricAlarms":[]}"#).await;
    let answer = caller
        .json(
            Service::CLOUDWATCH,
            "DescribeAlarms",
            &json!({"MaxRecords": 5}),
        )
        .await
        .unwrap();
    assert_eq!(answer, json!({"MetricAlarms": []}));
    let asked = asked.lock().unwrap()[0].clone();
    assert_eq!(asked.line, "POST /");
    assert_eq!(asked.target, "GraniteServiceVersion20100801.DescribeAlarms");
    assert_eq!(asked.content, "application/x-amz-json-1.0");
    assert_eq!(asked.body, r#"{"MaxRecords":5}"#);
    let scope = "/eu-west-1/monitoring/aws4_request";
    assert!(
        asked.authorization.contains(scope),
        "{}",
        asked.authorization
    );
    assert!(
        asked.authorization.contains("x-amz-target"),
        "it is signed too"
    );
}

#[tokio::test]
async fn a_rest_path_keeps_its_query_and_may_have_no_body() {
    let (caller, asked) = server(200, "").await;
    let path = "/2015-03-31/event-source-mappings/?FunctionName=worker";
    let answer = caller
        .rest(Service::LAMBDA, Method::GET, path, None)
        .await
        .unwrap();
    assert_eq!(answer, Value::Null);
    let asked = asked.lock().unwrap()[0].clone();
    assert_eq!(asked.line, format!("GET {path}"));
    assert_eq!((asked.target.as_str(), asked.body.as_str()), ("", ""));
}

#[tokio::test]
async fn a_query_is_a_form() {
    let (caller, asked) = server(200, "<DescribeStacksResponse/>").await;
    let parameters = [("StackName", "adology & sons")];
    let answer = caller
        .query(
            Service::CLOUDFORMATION,
            "2010-05-15",
            "DescribeStacks",
            &parameters,
        )
        .await
        .unwrap();
    assert_eq!(answer, "<DescribeStacksResponse/>");
    assert_eq!(
        asked.lock().unwrap()[0].body,
        "Action=DescribeStacks&Version=2010-05-15&StackName=adology+%26+sons"
    );
}

#[tokio::test]
async fn a_refusal_has_its_code_in_whatever_form_it_comes() {
    let forms = [
        r#"{"__type":"com.amazonaws.lambda#ThrottlingException","message":"slow down"}"#,
        r#"{"code":"ThrottlingException:http://internal/","Message":"slow down"}"#,
        "<ErrorResponse><Error><Code>ThrottlingException</Code><Message>slow down</Message></Error></ErrorResponse>",
    ];
    for form in forms {
        let (caller, _) = server(400, form).await;
        let error = caller
            .json(Service::ECS, "DescribeServices", &json!({}))
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "ecs answers 400 ThrottlingException: slow down"
        );
        assert!(error.is_transient(), "{form}");
    }
}

#[tokio::test]
async fn what_cannot_get_better_is_told_from_what_can() {
    let (caller, _) = server(403, r#"{"__type":"AccessDeniedException"}"#).await;
    let denied = caller
        .json(Service::ECR, "DescribeImages", &json!({}))
        .await;
    assert!(!denied.unwrap_err().is_transient());

    let (caller, _) = server(503, "busy").await;
    let busy = caller
        .json(Service::ECR, "DescribeImages", &json!({}))
        .await;
    assert!(busy.unwrap_err().is_transient());

    let (caller, _) = server(200, "<html>").await;
    let page = caller
        .json(Service::ECR, "DescribeImages", &json!({}))
        .await;
    assert!(matches!(page, Err(CallError::NotJson { .. })));
}

#[tokio::test]
async fn nobody_there_is_told_without_the_address() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let caller = self::caller(&format!("http://{address}"));
    let error = caller
        .rest(
            Service::SCHEDULER,
            Method::GET,
            "/schedules/secret-name",
            None,
        )
        .await
        .unwrap_err();
    assert!(error.is_transient());
    let CallError::Unreachable { source, .. } = error else {
        panic!("{error}");
    };
    assert!(!format!("{source:?}").contains("secret-name"));
}
