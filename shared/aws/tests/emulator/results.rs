use aws::s3::Results;
use domain::ports::{ResultLink, ResultStore};
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::{Value, json};
use testkit::build;
use testkit::contract::result_store;
use time::Duration;

use crate::clock::now;
use crate::place::local;

async fn fetch(link: &ResultLink) -> Value {
    let answer = reqwest::get(&link.url).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

#[tokio::test]
async fn results_are_a_result_store() {
    let place = local().await;
    let test = async |bucket: String| {
        let results = Results::new(&place.sdk, bucket);
        result_store::all(&results, &build::tenant(), now(), fetch).await;
    };
    place.with_bucket(test).await;
}

#[tokio::test]
async fn a_browser_saves_a_result_as_a_json_file() {
    let place = local().await;
    let test = async |bucket: String| {
        let results = Results::new(&place.sdk, &bucket);
        let id = build::request_id();
        let key = results.put(&build::tenant(), id, 1, &json!({})).await;
        let key = key.unwrap();
        let link = results.link(&key, now(), Duration::MINUTE).await.unwrap();
        let answer = reqwest::get(&link.url).await.unwrap();
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/json");
        let disposition = format!("attachment; filename=\"result-{id}.json\"");
        assert_eq!(answer.headers()[CONTENT_DISPOSITION], disposition);
        let head = place
            .s3()
            .head_object()
            .bucket(&bucket)
            .key(key)
            .send()
            .await;
        assert_eq!(head.unwrap().content_type(), Some("application/json"));
    };
    place.with_bucket(test).await;
}

#[tokio::test]
async fn a_link_stops_working() {
    let place = local().await;
    let test = async |bucket: String| {
        let results = Results::new(&place.sdk, bucket);
        let (tenant, id) = (build::tenant(), build::request_id());
        let key = results.put(&tenant, id, 1, &json!({})).await.unwrap();
        let past = now() - Duration::HOUR;
        let link = results.link(&key, past, Duration::MINUTE).await.unwrap();
        let answer = reqwest::get(&link.url).await.unwrap();
        assert_eq!(answer.status(), 403);
    };
    place.with_bucket(test).await;
}
