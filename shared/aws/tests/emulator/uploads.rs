use aws::s3::UploadBucket;
use domain::ports::{UploadForm, UploadForms as _, UploadTerms};
use domain::{UploadFormat, UploadId};
use testkit::build;
use testkit::contract::uploads;
use time::Duration;

use crate::clock::now;
use crate::place::local;

/// What a browser sends of a form with a file in it, written out: the order of the fields counts.
fn multipart(form: &UploadForm, bytes: &[u8]) -> (String, Vec<u8>) {
    let boundary = "----a-line-that-no-file-of-a-test-holds";
    let mut body = Vec::new();
    for (name, value) in &form.fields {
        let part = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend_from_slice(bytes);
    body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

async fn post(form: &UploadForm, bytes: &[u8]) -> u16 {
    let (content_type, body) = multipart(form, bytes);
    let request = reqwest::Client::new().post(&form.url);
    let request = request.header("content-type", content_type).body(body);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn uploads_are_kept() {
    let place = local().await;
    let test = async |bucket: String| {
        let uploads = UploadBucket::new(&place.sdk, bucket);
        let kept = uploads::Kept {
            forms: &uploads,
            uploads: &uploads,
            now: now(),
        };
        uploads::all(kept, &build::tenant(), post).await;
    };
    place.with_bucket(test).await;
}

#[tokio::test]
async fn a_form_leads_to_the_bucket() {
    let place = local().await;
    let uploads = UploadBucket::new(&place.sdk, "a-bucket");
    let terms = UploadTerms {
        id: UploadId::new(uuid::Uuid::nil()),
        format: UploadFormat::Csv,
        most_bytes: 1,
    };
    let tenant = build::tenant();
    let form = uploads.form(&tenant, &terms, now(), Duration::MINUTE);
    let form = form.await.unwrap();
    let endpoint = std::env::var("AWS_ENDPOINT_URL").unwrap();
    assert_eq!(
        form.url,
        format!("{}/a-bucket/", endpoint.trim_end_matches('/'))
    );
    let shown = format!("{form:?}");
    assert!(!shown.contains(&form.fields["x-amz-signature"]), "{shown}");
}
