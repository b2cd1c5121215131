//! Files in parts, and what they leave.

use std::time::Duration;

use aws::s3::{Files, Results};
use domain::ports::{FileStore, NewFile, ResultStore};
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use testkit::build;
use testkit::contract::file_store;
use time::Duration as Span;

use crate::clock::now;
use crate::place::{Place, local};

async fn read(place: &Place, bucket: &str, key: &str) -> Option<Vec<u8>> {
    let object = place.s3().get_object().bucket(bucket).key(key).send();
    let body = object.await.ok()?.body.collect().await.unwrap();
    Some(body.into_bytes().to_vec())
}

/// The keys of uploads that S3 itself lists.
async fn unfinished(place: &Place, bucket: &str) -> Vec<String> {
    let listed = place.s3().list_multipart_uploads().bucket(bucket).send();
    let listed = listed.await.unwrap().uploads.unwrap_or_default();
    listed.into_iter().filter_map(|upload| upload.key).collect()
}

#[tokio::test]
async fn files_are_a_file_store() {
    let place = local().await;
    let test = async |bucket: String| {
        let kept = file_store::Kept {
            store: &Files::new(&place.sdk, &bucket),
            read: async |key: &str| read(&place, &bucket, key).await,
            unfinished: async || unfinished(&place, &bucket).await,
        };
        file_store::all(kept, &build::tenant()).await;
    };
    place.with_bucket(test).await;
}

fn file(name: &str) -> NewFile {
    NewFile {
        tenant: build::tenant(),
        request_id: build::request_id(),
        name: name.into(),
        media_type: "application/gzip",
    }
}

#[tokio::test]
async fn a_browser_saves_a_file_under_its_name() {
    let place = local().await;
    let test = async |bucket: String| {
        let files = Files::new(&place.sdk, &bucket);
        let results = Results::new(&place.sdk, &bucket);
        let upload = files.start(&file("events.csv.gz")).await.unwrap();
        let part = files.put(&upload, 1, b"packed".to_vec()).await.unwrap();
        files.finish(&upload, &[part]).await.unwrap();
        let link = results
            .link(&upload.key, now(), Span::MINUTE)
            .await
            .unwrap();
        let answer = reqwest::get(&link.url).await.unwrap();
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/gzip");
        let disposition = "attachment; filename=\"events.csv.gz\"";
        assert_eq!(answer.headers()[CONTENT_DISPOSITION], disposition);
        assert_eq!(answer.bytes().await.unwrap(), "packed");
    };
    place.with_bucket(test).await;
}

#[tokio::test]
async fn an_abort_outlives_parts_that_are_on_their_way() {
    let place = local().await;
    let test = async |bucket: String| {
        let files = Files::new(&place.sdk, &bucket);
        let upload = files.start(&file("events.csv.gz")).await.unwrap();
        let put = files.put(&upload, 1, vec![b'x'; 8 * 1024 * 1024]);
        // Dropped somewhere on its way, as a cancelled task's is.
        let cut = tokio::time::timeout(Duration::from_millis(5), put).await;
        assert!(cut.is_err(), "the part is large enough to be on its way");
        files.abort(&upload).await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(unfinished(&place, &bucket).await, [""; 0]);
        let parts = place.s3().list_parts().bucket(&bucket).key(&upload.key);
        assert!(parts.upload_id(&upload.id).send().await.is_err());
    };
    place.with_bucket(test).await;
}
