//! What things cost: the public price list of one region on one day.
//!
//! Prices change, and they differ by region, contract and volume (free tiers and volume discounts
//! are not here). So a cost reckoned from this list is what the same use would cost at list price on
//! that day; the bill is AWS's.

/// The day on which the list below was written down. Compare it with the pages that it names before
/// you rely on it: it has not been read from them by a program.
pub const PRICES_OF: &str = "2026-11-28";

/// An amount in trillionths of a dollar: the price of one unit of something cheap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Picos(pub u64);

/// What the functions run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Architecture {
    /// AWS Graviton.
    Arm64,
    /// Intel and AMD.
    X86,
}

impl Architecture {
    /// That of this very program.
    pub const HERE: Self = if cfg!(target_arch = "aarch64") {
        Self::Arm64
    } else {
        Self::X86
    };
}

/// Prices of one unit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// One gigabyte-second of Lambda.
    pub lambda_gb_second: Picos,
    /// One read request unit of a `DynamoDB` table on demand.
    pub read_unit: Picos,
    /// One write request unit of such a table.
    pub write_unit: Picos,
    /// One request to a standard SQS queue.
    pub sqs_request: Picos,
    /// One PUT, COPY, POST or LIST of S3 Standard.
    pub s3_write: Picos,
    /// One GET or any other priced request.
    pub s3_read: Picos,
    /// One message of an API Gateway WebSocket API.
    pub websocket_message: Picos,
}

/// The price of one where a million cost so many cents.
const fn cents_per_million(cents: u64) -> Picos {
    Picos(cents * 10_000)
}

impl Prices {
    /// On demand, in the region us-east-1 (N. Virginia), as of [`PRICES_OF`].
    pub const fn us_east_1(architecture: Architecture) -> Self {
        Self {
            // https://aws.amazon.com/lambda/pricing/: $0.0000133334 (Arm) and $0.0000166667 (x86)
            // per GB-second, the first tier.
            lambda_gb_second: match architecture {
                Architecture::Arm64 => Picos(13_333_400),
                Architecture::X86 => Picos(16_666_700),
            },
            // https://aws.amazon.com/dynamodb/pricing/on-demand/: $0.125 per million read request
            // units, $0.625 per million write request units, Standard table class.
            read_unit: Picos(125_000),
            write_unit: Picos(625_000),
            // https://aws.amazon.com/sqs/pricing/: $0.40 per million requests, standard queues, after
            // the free million of each month.
            sqs_request: cents_per_million(40),
            // https://aws.amazon.com/s3/pricing/, "Requests & data retrievals": S3 Standard, $0.005
            // per 1,000 PUT, COPY, POST, LIST requests, $0.0004 per 1,000 GET, SELECT and others.
            s3_write: cents_per_million(500),
            s3_read: cents_per_million(40),
            // https://aws.amazon.com/api-gateway/pricing/: WebSocket APIs, $1.00 per million messages,
            // the first billion.
            websocket_message: cents_per_million(100),
        }
    }
}
