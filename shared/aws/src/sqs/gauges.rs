//! How much is in the queues.

use std::collections::HashMap;
use std::num::ParseIntError;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use domain::dead_letters::DeadQueue;
use domain::operations::{Depth, QueueName};
use domain::ports::{PortError, QueueDepths};

use super::urls::QueueUrls;
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const QUEUES: &str = "queues";

/// Asks SQS how much is in each queue.
#[derive(Debug, Clone)]
pub struct QueueGauges {
    client: Lazy<Client>,
    urls: QueueUrls,
}

impl QueueGauges {
    /// Asks about these queues.
    pub fn new(sdk: &Sdk, urls: QueueUrls) -> Self {
        Self {
            client: sdk.sqs(),
            urls,
        }
    }

    async fn content(&self, url: &str) -> Result<Depth, PortError> {
        const VISIBLE: QueueAttributeName = QueueAttributeName::ApproximateNumberOfMessages;
        const IN_FLIGHT: QueueAttributeName =
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible;
        const DELAYED: QueueAttributeName = QueueAttributeName::ApproximateNumberOfMessagesDelayed;
        let asked = self.client.get_queue_attributes().queue_url(url);
        let asked = asked
            .attribute_names(VISIBLE)
            .attribute_names(IN_FLIGHT)
            .attribute_names(DELAYED);
        let answer = asked.send().await;
        let answer = answer.map_err(|error| port_error(QUEUES, error))?;
        let told = answer.attributes.unwrap_or_default();
        Ok(Depth {
            visible: count(&told, &VISIBLE)?,
            in_flight: count(&told, &IN_FLIGHT)?,
            delayed: count(&told, &DELAYED)?,
        })
    }
}

fn count(
    told: &HashMap<QueueAttributeName, String>,
    name: &QueueAttributeName,
) -> Result<Option<u64>, PortError> {
    let figure = told.get(name).map(|text| text.parse()).transpose();
    figure.map_err(|error: ParseIntError| PortError::broken(QUEUES, error))
}

#[async_trait]
impl QueueDepths for QueueGauges {
    async fn depth(&self, queue: QueueName) -> Result<Depth, PortError> {
        self.content(self.urls.of(queue)?).await
    }

    async fn dead(&self, queue: DeadQueue) -> Result<Depth, PortError> {
        self.content(self.urls.of_dead(queue)?).await
    }
}
