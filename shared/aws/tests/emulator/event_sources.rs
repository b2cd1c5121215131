use aws::event_sources::EventSourceMappings;
use aws_call::{Caller, Service};
use http::Method;
use serde_json::{Value, json};
use testkit::build;
use testkit::contract::event_sources;

use crate::place::local;

/// A zip without a file: nobody sends anything to the function.
const NO_CODE: &str = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==";

async fn call(caller: &Caller, method: Method, path: &str, body: &Value) -> Value {
    let path = format!("/2015-03-31/{path}");
    let call = caller.rest(Service::LAMBDA, method, &path, Some(body));
    call.await.unwrap()
}

#[tokio::test]
async fn mappings_are_event_sources() {
    let place = local().await;
    let caller = Caller::new(&place.config).unwrap();
    let name = format!("contract-{}", build::request_id());
    let function = json!({
        "FunctionName": &name,
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "Role": "arn:aws:iam::000000000000:role/contract",
        "Code": { "ZipFile": NO_CODE },
    });
    call(&caller, Method::POST, "functions", &function).await;
    let map = async |url: String| {
        let queue = url.rsplit('/').next().unwrap();
        let mapping = json!({
            "FunctionName": &name,
            "EventSourceArn": format!("arn:aws:sqs:us-east-1:000000000000:{queue}"),
        });
        let mapping = call(&caller, Method::POST, "event-source-mappings", &mapping).await;
        mapping["UUID"].as_str().unwrap().to_owned()
    };
    let test = async |one: String| {
        let test = async |other: String| {
            let ids = [map(one.clone()).await, map(other).await];
            let sources = EventSourceMappings::new(&place.sdk, ids.clone()).unwrap();
            event_sources::all(&sources).await;
            for id in ids {
                let path = format!("event-source-mappings/{id}");
                call(&caller, Method::DELETE, &path, &json!({})).await;
            }
        };
        place.with_queue(test).await;
    };
    place.with_queue(test).await;
    let path = format!("functions/{name}");
    call(&caller, Method::DELETE, &path, &json!({})).await;
}
