//! Results and exported files in one bucket, each tenant's in a folder of its own.

mod client;
mod files;
mod leftovers;
mod results;

pub use files::Files;
pub use results::Results;

/// How errors name the bucket.
const BUCKET: &str = "results bucket";
