//! Results and exported files in one bucket, uploads of callers in another, each tenant's in a folder
//! of its own; captures of failed messages in a third, by function.

mod captures;
mod client;
mod files;
mod leftovers;
mod policy;
mod read_json;
mod results;
mod uploads;

pub use captures::CaptureBucket;
pub(crate) use client::client;
pub use files::Files;
pub use results::Results;
pub use uploads::UploadBucket;

/// How errors name the bucket.
const BUCKET: &str = "results bucket";
