//! How we talk to AWS: region, credentials, time limits, retries.

use std::time::Duration;

use aws_call::{Caller, NotConfigured};
use aws_config::environment::{
    EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider,
};
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};

use crate::count::CountUsage;
use crate::lazy::Lazy;
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

/// Set where the environment has credentials.
const KEY_ID: &str = "AWS_ACCESS_KEY_ID";

/// The SDK's settings, loaded once per process, and the clients made by them. Clones share both.
#[derive(Debug, Clone)]
pub struct Sdk {
    pub(crate) config: SdkConfig,
    clients: Clients,
}

/// One client of a service for all of its tables, queues, buckets or secrets.
#[derive(Debug, Clone)]
struct Clients {
    dynamodb: Lazy<aws_sdk_dynamodb::Client>,
    s3: Lazy<aws_sdk_s3::Client>,
    secrets: Lazy<aws_sdk_secretsmanager::Client>,
    sqs: Lazy<aws_sdk_sqs::Client>,
}

impl Clients {
    /// All but the secrets' count what their calls use.
    fn by(config: &SdkConfig) -> Self {
        let of = || config.clone();
        let (dynamodb, s3, secrets, sqs) = (of(), of(), of(), of());
        Self {
            dynamodb: Lazy::new(move || {
                let config = aws_sdk_dynamodb::config::Builder::from(&dynamodb);
                aws_sdk_dynamodb::Client::from_conf(config.interceptor(CountUsage).build())
            }),
            s3: Lazy::new(move || s3::client(&s3)),
            secrets: Lazy::new(move || aws_sdk_secretsmanager::Client::new(&secrets)),
            sqs: Lazy::new(move || {
                let config = aws_sdk_sqs::config::Builder::from(&sqs);
                aws_sdk_sqs::Client::from_conf(config.interceptor(CountUsage).build())
            }),
        }
    }
}

/// No AWS region is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("AWS_REGION is not set: name the AWS region that holds the tables and queues")]
pub struct NoRegion;

impl Sdk {
    /// Reads region, credentials and, locally, `AWS_ENDPOINT_URL`.
    ///
    /// The region comes from the environment alone: the SDK's own search would end at the
    /// instance metadata service, which answers slowly or not at all where there is none. Credentials in the
    /// environment, where a function has them, would win that search too: without it nothing is made ready for
    /// all the other places.
    pub async fn load() -> Result<Self, NoRegion> {
        let mut settings = aws_config::defaults(BehaviorVersion::latest())
            .region(EnvironmentVariableRegionProvider::new())
            .http_client(transport::shared())
            .retry_config(retries(ATTEMPTS))
            .timeout_config(time_limits());
        if std::env::var_os(KEY_ID).is_some() {
            settings = settings.credentials_provider(EnvironmentVariableCredentialsProvider::new());
        }
        let config = settings.load().await;
        config.region().ok_or(NoRegion)?;
        Ok(Self::of(config))
    }

    /// By settings that are known.
    pub(crate) fn of(config: SdkConfig) -> Self {
        Self {
            clients: Clients::by(&config),
            config,
        }
    }

    /// Calls services for which there is no SDK crate here, with the same region and credentials.
    pub fn caller(&self) -> Result<Caller, NotConfigured> {
        Caller::new(&self.config)
    }

    pub(crate) fn dynamodb(&self) -> Lazy<aws_sdk_dynamodb::Client> {
        self.clients.dynamodb.clone()
    }

    pub(crate) fn s3(&self) -> Lazy<aws_sdk_s3::Client> {
        self.clients.s3.clone()
    }

    pub(crate) fn secrets(&self) -> Lazy<aws_sdk_secretsmanager::Client> {
        self.clients.secrets.clone()
    }

    pub(crate) fn sqs(&self) -> Lazy<aws_sdk_sqs::Client> {
        self.clients.sqs.clone()
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
