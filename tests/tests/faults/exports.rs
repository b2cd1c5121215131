//! Wherever a worker is killed or S3 fails, an export comes to one file and leaves no parts.

use std::sync::Arc;

use domain::export::object_key;
use domain::task::{Status, TaskResult};
use end_to_end::fault_proxy::{Action, Call, Plan};
use futures::future::join_all;
use serde_json::json;

use crate::site::Site;

/// The steps of an upload, and the end of its task.
const STEPS: [&str; 5] = [
    "s3.ListMultipartUploads",
    "s3.CreateMultipartUpload",
    "s3.UploadPart",
    "s3.CompleteMultipartUpload",
    "dynamodb.PutItem(completed)",
];

async fn exported(site: &Arc<Site>, operation: &str, action: Action) {
    let lane = site.lane().await;
    let (worker, proxy) = lane.proxied(&[]).await;
    let place = Call {
        operation: operation.into(),
        nth: 1,
    };
    proxy.follow(Plan::at(place.clone(), action));
    let input = json!({"source": "events", "format": "parquet"});
    let task = lane.submit_kind("export", input).await;
    let _polling = lane.source().poll(&worker);
    let ended = lane.settle(&[task], Status::Completed).await.remove(0);
    assert!(proxy.calls().contains(&place), "no {place}");
    let Some(TaskResult::Inline { value }) = ended.state.result() else {
        panic!("{place}: {ended:#?}");
    };
    assert_eq!(value["rows"], 400, "{place}: {action:?}");
    let name = value["file_name"].as_str().expect("a name");
    let key = object_key(&ended.tenant, ended.request_id, name);
    assert!(site.results().await.contains(&key), "{place}: {action:?}");
}

#[tokio::test]
async fn an_export_whose_worker_is_killed_or_whose_store_fails_leaves_no_parts() {
    Site::with(async |site| {
        let actions = [Action::KillBefore, Action::KillAfter, Action::ServerError];
        let places = STEPS
            .iter()
            .flat_map(|step| actions.map(|action| (*step, action)));
        join_all(places.map(|(step, action)| exported(&site, step, action))).await;
        assert_eq!(site.unfinished().await, [""; 0]);
    })
    .await;
}
