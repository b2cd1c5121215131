//! How much is in the queues.

use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use domain::dead_letters::DeadQueue;
use domain::operations::{QueueDepth, QueueName};
use domain::ports::{PortError, QueueDepths};
use futures::future::try_join_all;

use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const QUEUES: &str = "queues";

/// Where every queue is.
#[derive(Debug, Clone)]
pub struct QueueUrls {
    /// Of tasks.
    pub work: String,
    /// Of urgent tasks.
    pub urgent: String,
    /// Of updates.
    pub updates: String,
    /// Of callbacks.
    pub callbacks: String,
    /// Of dead letters of tasks, urgent ones too.
    pub dead_work: String,
    /// Of dead letters of updates.
    pub dead_updates: String,
    /// Of dead letters of callbacks.
    pub dead_callbacks: String,
}

impl QueueUrls {
    pub(super) fn of(&self, queue: QueueName) -> &str {
        match queue {
            QueueName::Work => &self.work,
            QueueName::Urgent => &self.urgent,
            QueueName::Updates => &self.updates,
            QueueName::Callbacks => &self.callbacks,
        }
    }

    pub(super) fn of_dead(&self, queue: DeadQueue) -> &str {
        match queue {
            DeadQueue::Work => &self.dead_work,
            DeadQueue::Updates => &self.dead_updates,
            DeadQueue::Callbacks => &self.dead_callbacks,
        }
    }
}

/// Asks SQS how much is in each queue.
#[derive(Debug, Clone)]
pub struct QueueGauges {
    client: Lazy<Client>,
    urls: QueueUrls,
}

/// What one queue holds.
struct Content {
    visible: u64,
    in_flight: u64,
    delayed: u64,
}

impl QueueGauges {
    /// Asks about these queues.
    pub fn new(sdk: &Sdk, urls: QueueUrls) -> Self {
        Self {
            client: sdk.sqs(),
            urls,
        }
    }

    async fn depth(&self, name: QueueName) -> Result<QueueDepth, PortError> {
        let waiting = self.content(self.urls.of(name));
        let dead = async {
            match name.dead_letters() {
                None => Ok(0),
                Some(dead) => {
                    let content = self.content(self.urls.of_dead(dead)).await?;
                    Ok(content.visible + content.in_flight + content.delayed)
                }
            }
        };
        let (waiting, dead) = tokio::try_join!(waiting, dead)?;
        Ok(QueueDepth {
            name,
            visible: waiting.visible,
            in_flight: waiting.in_flight,
            delayed: waiting.delayed,
            dead,
        })
    }

    async fn content(&self, url: &str) -> Result<Content, PortError> {
        let asked = self.client.get_queue_attributes().queue_url(url);
        let asked = asked
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesDelayed);
        let answer = asked.send().await;
        let answer = answer.map_err(|error| port_error(QUEUES, error))?;
        let told = answer.attributes.unwrap_or_default();
        Ok(Content {
            visible: count(&told, &QueueAttributeName::ApproximateNumberOfMessages)?,
            in_flight: count(
                &told,
                &QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
            )?,
            delayed: count(
                &told,
                &QueueAttributeName::ApproximateNumberOfMessagesDelayed,
            )?,
        })
    }
}

fn count(
    told: &HashMap<QueueAttributeName, String>,
    name: &QueueAttributeName,
) -> Result<u64, PortError> {
    let text = told.get(name).map_or("0", String::as_str);
    text.parse()
        .map_err(|error: std::num::ParseIntError| PortError::broken(QUEUES, error))
}

#[async_trait]
impl QueueDepths for QueueGauges {
    /// Seven calls side by side.
    async fn depths(&self) -> Result<Vec<QueueDepth>, PortError> {
        try_join_all(QueueName::ALL.map(|name| self.depth(name))).await
    }
}
