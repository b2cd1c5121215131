//! How we talk to AWS: region, credentials, time limits, retries.

use std::time::Duration;

use aws_call::{Caller, NotConfigured};
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};

use crate::count::CountUsage;

/// Tries of one call, the first included. Throttled and lost calls are tried again after a random
/// wait that doubles from at most 100 ms.
const ATTEMPTS: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// A connection inside a region takes milliseconds; a second means that nobody is there.
const CONNECT: Duration = Duration::from_secs(1);

/// Longest time of one try.
const ATTEMPT: Duration = Duration::from_secs(4);

/// Longest time of a call with all its tries; below the 29 s that API Gateway waits for us.
const OPERATION: Duration = Duration::from_secs(10);

/// The SDK's settings, loaded once per process.
#[derive(Debug, Clone)]
pub struct Sdk {
    pub(crate) config: SdkConfig,
    pub(crate) custom_endpoint: bool,
}

/// No AWS region is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("AWS_REGION is not set: name the AWS region that holds the tables and queues")]
pub struct NoRegion;

impl Sdk {
    /// Reads region, credentials and, locally, `AWS_ENDPOINT_URL`.
    ///
    /// The region comes from the environment alone: the SDK's own search would end at the
    /// instance metadata service, which answers slowly or not at all where there is none.
    pub async fn load() -> Result<Self, NoRegion> {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(EnvironmentVariableRegionProvider::new())
            .retry_config(retries(ATTEMPTS))
            .timeout_config(time_limits())
            .load()
            .await;
        config.region().ok_or(NoRegion)?;
        let custom_endpoint = config.endpoint_url().is_some();
        Ok(Self {
            config,
            custom_endpoint,
        })
    }

    /// A client of `DynamoDB` that counts what its calls use.
    pub(crate) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let config = aws_sdk_dynamodb::config::Builder::from(&self.config);
        aws_sdk_dynamodb::Client::from_conf(config.interceptor(CountUsage).build())
    }

    /// Calls services for which there is no SDK crate here, with the same region and credentials.
    pub fn caller(&self) -> Result<Caller, NotConfigured> {
        Caller::new(&self.config)
    }

    /// A client of SQS that counts what its calls use.
    pub(crate) fn sqs(&self) -> aws_sdk_sqs::Client {
        let config = aws_sdk_sqs::config::Builder::from(&self.config);
        aws_sdk_sqs::Client::from_conf(config.interceptor(CountUsage).build())
    }
}

pub(crate) fn retries(attempts: u32) -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(attempts)
        .with_initial_backoff(FIRST_WAIT)
}

fn time_limits() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build()
}
