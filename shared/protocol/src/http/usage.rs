//! What a task used.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a finished task has used of what is paid by use, over all its attempts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UsageBody {
    /// Time in Lambda functions, in milliseconds.
    pub lambda_ms: f64,
    /// The same times the functions' memory.
    pub lambda_gb_seconds: f64,
    /// `DynamoDB` read request units.
    pub dynamodb_read_units: f64,
    /// `DynamoDB` write request units.
    pub dynamodb_write_units: u64,
    /// SQS requests, one for each 64 KB begun.
    pub sqs_requests: u64,
    /// S3 requests of all classes.
    pub s3_requests: u64,
    /// Those among them that are billed as PUT, COPY, POST or LIST.
    pub s3_put_requests: u64,
    /// Those among them that are billed as GET.
    pub s3_get_requests: u64,
    /// Bytes that went to S3 or came from there.
    pub s3_bytes: u64,
    /// WebSocket messages, one for each 32 KB begun.
    pub websocket_messages: u64,
    /// Tokens that a language model read.
    pub input_tokens: u64,
    /// Tokens that a language model wrote.
    pub output_tokens: u64,
    /// What the tokens cost, in US dollars.
    pub model_cost_usd: f64,
}
