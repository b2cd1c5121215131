//! How many messages wait in queues.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use domain::ports::{Backlog, PortError};
use futures::future::try_join_all;

use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const WHAT: &str = "task queues";

/// Asks some queues together.
#[derive(Debug, Clone)]
pub struct QueueDepth {
    client: Lazy<Client>,
    urls: Vec<String>,
}

impl QueueDepth {
    /// Asks the queues with these URLs.
    pub fn new(sdk: &Sdk, urls: impl IntoIterator<Item = String>) -> Self {
        Self {
            client: sdk.sqs(),
            urls: urls.into_iter().collect(),
        }
    }

    async fn of(&self, url: &str) -> Result<u64, PortError> {
        const WAITING: QueueAttributeName = QueueAttributeName::ApproximateNumberOfMessages;
        let call = self.client.get_queue_attributes().queue_url(url);
        let answer = call.attribute_names(WAITING).send().await;
        let answer = answer.map_err(|error| port_error(WHAT, error))?;
        let count = answer.attributes.and_then(|mut all| all.remove(&WAITING));
        let count = count.unwrap_or_default().parse();
        count.map_err(|error| PortError::broken(WHAT, error))
    }
}

#[async_trait]
impl Backlog for QueueDepth {
    async fn waiting(&self) -> Result<u64, PortError> {
        let counts = try_join_all(self.urls.iter().map(|url| self.of(url))).await?;
        Ok(counts.iter().sum())
    }
}
