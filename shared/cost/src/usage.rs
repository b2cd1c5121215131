//! What work used.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

use crate::Usd;

/// What a piece of work used of what is paid by use. Adding saturates.
///
/// Stored forms leave out what is nothing, and an older form lacks what was not counted then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Time in Lambda functions, in microseconds.
    #[serde(skip_serializing_if = "is_nothing")]
    pub lambda_micros: u64,
    /// The same times the memory of the function, in megabytes (MiB, as Lambda has it).
    #[serde(skip_serializing_if = "is_nothing")]
    pub lambda_mb_micros: u64,
    /// Halves of `DynamoDB` read request units: an eventually consistent read takes one half.
    #[serde(skip_serializing_if = "is_nothing")]
    pub read_half_units: u64,
    /// `DynamoDB` write request units.
    #[serde(skip_serializing_if = "is_nothing")]
    pub write_units: u64,
    /// SQS requests as they are billed: one for each 64 KB begun.
    #[serde(skip_serializing_if = "is_nothing")]
    pub sqs_requests: u64,
    /// S3 requests of the dearer class: PUT, COPY, POST, LIST.
    #[serde(skip_serializing_if = "is_nothing")]
    pub s3_writes: u64,
    /// All other S3 requests that have a price: GET, HEAD, SELECT.
    #[serde(skip_serializing_if = "is_nothing")]
    pub s3_reads: u64,
    /// S3 requests that are free: DELETE, and the abort of an upload.
    #[serde(skip_serializing_if = "is_nothing")]
    pub s3_free: u64,
    /// Bytes of bodies that went to S3 or came from there.
    #[serde(skip_serializing_if = "is_nothing")]
    pub s3_bytes: u64,
    /// WebSocket messages as they are billed: one for each 32 KB begun.
    #[serde(skip_serializing_if = "is_nothing")]
    pub websocket_messages: u64,
    /// Tokens that a language model read.
    #[serde(skip_serializing_if = "is_nothing")]
    pub input_tokens: u64,
    /// Tokens that a language model wrote.
    #[serde(skip_serializing_if = "is_nothing")]
    pub output_tokens: u64,
    /// What the tokens cost, in billionths of a dollar: each model has prices of its own.
    #[serde(skip_serializing_if = "is_nothing")]
    pub model_nanos: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_nothing(count: &u64) -> bool {
    *count == 0
}

/// A figure from two.
type Pairwise = fn(u64, u64) -> u64;

impl Usage {
    /// Nothing.
    pub const NONE: Self = Self {
        lambda_micros: 0,
        lambda_mb_micros: 0,
        read_half_units: 0,
        write_units: 0,
        sqs_requests: 0,
        s3_writes: 0,
        s3_reads: 0,
        s3_free: 0,
        s3_bytes: 0,
        websocket_messages: 0,
        input_tokens: 0,
        output_tokens: 0,
        model_nanos: 0,
    };

    /// Time in a Lambda function with so much memory.
    pub fn lambda(micros: u64, memory_mb: u32) -> Self {
        Self {
            lambda_micros: micros,
            lambda_mb_micros: micros.saturating_mul(memory_mb.into()),
            ..Self::NONE
        }
    }

    /// What a language model read and wrote, and what that cost.
    pub fn model(input_tokens: u64, output_tokens: u64, cost: Usd) -> Self {
        Self {
            input_tokens,
            output_tokens,
            model_nanos: cost.nanos(),
            ..Self::NONE
        }
    }

    /// Whether it is nothing.
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }

    /// What this has beyond another, figure by figure, and nothing where that has more.
    #[must_use]
    pub fn beyond(self, other: Self) -> Self {
        self.pairwise(other, u64::saturating_sub)
    }

    /// S3 requests of all classes.
    pub fn s3_requests(&self) -> u64 {
        let priced = self.s3_writes.saturating_add(self.s3_reads);
        priced.saturating_add(self.s3_free)
    }

    /// Each figure of both. No field is left out: the compiler sees to that.
    fn pairwise(self, other: Self, of: Pairwise) -> Self {
        Self {
            lambda_micros: of(self.lambda_micros, other.lambda_micros),
            lambda_mb_micros: of(self.lambda_mb_micros, other.lambda_mb_micros),
            read_half_units: of(self.read_half_units, other.read_half_units),
            write_units: of(self.write_units, other.write_units),
            sqs_requests: of(self.sqs_requests, other.sqs_requests),
            s3_writes: of(self.s3_writes, other.s3_writes),
            s3_reads: of(self.s3_reads, other.s3_reads),
            s3_free: of(self.s3_free, other.s3_free),
            s3_bytes: of(self.s3_bytes, other.s3_bytes),
            websocket_messages: of(self.websocket_messages, other.websocket_messages),
            input_tokens: of(self.input_tokens, other.input_tokens),
            output_tokens: of(self.output_tokens, other.output_tokens),
            model_nanos: of(self.model_nanos, other.model_nanos),
        }
    }
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.pairwise(other, u64::saturating_add)
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Usage {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::NONE, Add::add)
    }
}
