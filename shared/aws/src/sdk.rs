//! How we talk to AWS: region, credentials, time limits, retries.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_call::{Caller, NotConfigured};
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};

use crate::count::CountUsage;
use crate::{s3, transport};

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

/// The SDK's settings, loaded once per process, and the clients made by them. Clones share both.
#[derive(Debug, Clone)]
pub struct Sdk {
    pub(crate) config: SdkConfig,
    pub(crate) custom_endpoint: bool,
    clients: Arc<Clients>,
}

/// One client of a service for all of its tables, queues or buckets, made when first wanted.
#[derive(Debug, Default)]
struct Clients {
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    s3: OnceLock<aws_sdk_s3::Client>,
    sqs: OnceLock<aws_sdk_sqs::Client>,
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
            .http_client(transport::shared())
            .retry_config(retries(ATTEMPTS))
            .timeout_config(time_limits())
            .load()
            .await;
        config.region().ok_or(NoRegion)?;
        Ok(Self::of(config))
    }

    /// By settings that are known.
    pub(crate) fn of(config: SdkConfig) -> Self {
        Self {
            custom_endpoint: config.endpoint_url().is_some(),
            config,
            clients: Arc::default(),
        }
    }

    /// The client of `DynamoDB`, which counts what its calls use.
    pub(crate) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let make = || {
            let config = aws_sdk_dynamodb::config::Builder::from(&self.config);
            aws_sdk_dynamodb::Client::from_conf(config.interceptor(CountUsage).build())
        };
        self.clients.dynamodb.get_or_init(make).clone()
    }

    /// Calls services for which there is no SDK crate here, with the same region and credentials.
    pub fn caller(&self) -> Result<Caller, NotConfigured> {
        Caller::new(&self.config)
    }

    /// The client of S3, which counts what its calls use.
    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        let make = || s3::client(&self.config, self.custom_endpoint);
        self.clients.s3.get_or_init(make).clone()
    }

    /// The client of SQS, which counts what its calls use.
    pub(crate) fn sqs(&self) -> aws_sdk_sqs::Client {
        let make = || {
            let config = aws_sdk_sqs::config::Builder::from(&self.config);
            aws_sdk_sqs::Client::from_conf(config.interceptor(CountUsage).build())
        };
        self.clients.sqs.get_or_init(make).clone()
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
