//! `DynamoDB`, SQS, S3, Bedrock, Secrets Manager and management API adapters: the only users of the
//! AWS SDK.
//!
//! Every adapter is made from one [`Sdk`] and the name of its table, bucket, queue or endpoint.
//! Adapters of one service share its SDK client, which is built with the first of them, so a function builds
//! only the clients it uses; all share one HTTP client, which is ready with the first call (`transport`).

pub mod address;
pub mod bedrock;
pub mod dynamo;
pub mod event_sources;
pub mod gateway;
pub mod s3;
pub mod secrets;
pub mod sqs;

mod count;
mod error;
mod lazy;
mod sdk;
mod transport;

pub use sdk::{NoRegion, Sdk};
