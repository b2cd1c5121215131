//! Results and exported files in one bucket, uploads of callers in another, each tenant's in a folder
//! of its own.

mod captures;
mod client;
mod files;
mod leftovers;
mod policy;
mod results;
mod uploads;

pub use captures::CaptureBucket;
pub(crate) use client::client;
pub use files::Files;
pub use results::Results;
pub use uploads::UploadBucket;

/// How errors name the bucket.
const BUCKET: &str = "results bucket";
