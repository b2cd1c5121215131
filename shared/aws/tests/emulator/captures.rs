use aws::s3::CaptureBucket;
use domain::ports::CaptureShelf as _;
use testkit::contract::captures;

use crate::clock::now;
use crate::place::local;

#[tokio::test]
async fn a_bucket_keeps_captures() {
    let place = local().await;
    let test = async |bucket: String| {
        let bucket = CaptureBucket::new(&place.sdk, bucket).by_pages_of(5);
        captures::all(&bucket, &bucket).await;
    };
    place.with_bucket(test).await;
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_told() {
    let place = local().await;
    let bucket = CaptureBucket::new(&place.sdk, "no-such-bucket-of-captures");
    let error = bucket.of_day("worker", now().date()).await.unwrap_err();
    let told = domain::causes(&error);
    assert!(
        told.contains("captures bucket") && told.contains("NoSuchBucket"),
        "{told}"
    );
}
