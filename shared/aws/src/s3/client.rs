//! The client of all buckets.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::config::timeout::TimeoutConfig;

use crate::count::CountUsage;

/// Longest time of one try, with tens of megabytes on their way; and with all tries.
const ATTEMPT: Duration = Duration::from_secs(20);
const OPERATION: Duration = Duration::from_secs(50);

/// At a custom endpoint the bucket goes into the path, since the endpoint's name has no wildcard
/// for a host per bucket.
pub(crate) fn client(config: &SdkConfig) -> Client {
    let time_limits = TimeoutConfig::builder()
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let config = Builder::from(config)
        .timeout_config(time_limits)
        .force_path_style(config.endpoint_url().is_some())
        .interceptor(CountUsage)
        .build();
    Client::from_conf(config)
}
