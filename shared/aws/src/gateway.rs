//! Messages to open `WebSocket`s, and their end, through API Gateway's management API.

use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::config::timeout::TimeoutConfig;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::ConnectionId;
use domain::ports::{PostError, Postman, Switchboard};

use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;
use crate::sdk::retries;

const API: &str = "management API";

/// Two tries, for a pooled connection that died meanwhile. Waiting longer is the caller's to
/// decide, who knows what else there is to post.
const ATTEMPTS: u32 = 2;

/// Longest time of one try, and of both.
const ATTEMPT: Duration = Duration::from_secs(3);
const OPERATION: Duration = Duration::from_secs(6);

/// Posts messages to connections of one stage of a WebSocket API.
#[derive(Debug, Clone)]
pub struct Posts {
    client: Lazy<Client>,
}

impl Posts {
    /// Posts through this endpoint: the stage's address with `https`, without `@connections`.
    pub fn new(sdk: &Sdk, endpoint: impl Into<String>) -> Self {
        let time_limits = TimeoutConfig::builder()
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(OPERATION)
            .build();
        let config = Builder::from(&sdk.config)
            .endpoint_url(endpoint)
            .timeout_config(time_limits)
            .retry_config(retries(ATTEMPTS))
            .build();
        Self {
            client: Lazy::new(move || Client::from_conf(config)),
        }
    }
}

#[async_trait]
impl Postman for Posts {
    async fn post(&self, id: &ConnectionId, message: &str) -> Result<(), PostError> {
        let post = self.client.post_to_connection().connection_id(id.as_str());
        let sent = post.data(message.as_bytes().to_vec().into()).send().await;
        sent.map(drop).map_err(post_error)
    }
}

#[async_trait]
impl Switchboard for Posts {
    async fn close(&self, id: &ConnectionId) -> Result<(), PostError> {
        let delete = self.client.delete_connection().connection_id(id.as_str());
        delete.send().await.map(drop).map_err(post_error)
    }
}

fn post_error<E>(error: SdkError<E, HttpResponse>) -> PostError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    match error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
    {
        Some("GoneException") => PostError::Gone,
        Some("LimitExceededException") => PostError::Throttled,
        _ => match error.raw_response().map(|raw| raw.status().as_u16()) {
            Some(410) => PostError::Gone,
            Some(429) => PostError::Throttled,
            _ => PostError::Failed(port_error(API, error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
    use aws_sdk_apigatewaymanagement::types::error::PayloadTooLargeException;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;
    use domain::ports::PortError;

    use super::*;

    fn refused(error: PostToConnectionError, status: u16) -> PostError {
        let response = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        post_error(SdkError::service_error(error, response))
    }

    fn named(code: &str) -> PostToConnectionError {
        PostToConnectionError::generic(ErrorMetadata::builder().code(code).build())
    }

    fn unnamed() -> PostToConnectionError {
        PostToConnectionError::generic(ErrorMetadata::builder().build())
    }

    #[test]
    fn a_closed_connection_is_gone() {
        let gone = named("GoneException");
        assert!(matches!(refused(gone, 410), PostError::Gone));
        assert!(matches!(refused(unnamed(), 410), PostError::Gone));
    }

    #[test]
    fn too_fast_is_throttled() {
        let limited = named("LimitExceededException");
        assert!(matches!(refused(limited, 429), PostError::Throttled));
        assert!(matches!(refused(unnamed(), 429), PostError::Throttled));
    }

    #[test]
    fn other_refusals_say_whether_to_try_again() {
        let large = PayloadTooLargeException::builder().build();
        let large = PostToConnectionError::PayloadTooLargeException(large);
        let large = refused(large, 413);
        assert!(matches!(large, PostError::Failed(PortError::Broken { .. })));
        let down = refused(unnamed(), 500);
        assert!(matches!(
            down,
            PostError::Failed(PortError::Unavailable { .. })
        ));
    }
}
