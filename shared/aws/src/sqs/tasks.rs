//! The queue that takes tasks to the workers.

use async_trait::async_trait;
use domain::ports::{PortError, TaskQueue};
use domain::{RequestId, TenantId};

use super::Outbox;
use crate::Sdk;

/// Sends tasks to a queue.
#[derive(Debug, Clone)]
pub struct TaskSender(Outbox);

impl TaskSender {
    /// Sends to the queue with this URL.
    pub fn new(sdk: &Sdk, queue_url: impl Into<String>) -> Self {
        Self(Outbox::new(sdk, queue_url, "task queue"))
    }
}

#[async_trait]
impl TaskQueue for TaskSender {
    async fn send(&self, tenant: &TenantId, id: RequestId) -> Result<(), PortError> {
        self.0.send(&wire::queue::task_message(tenant, id)).await
    }

    async fn send_all(&self, tenant: &TenantId, ids: &[RequestId]) -> Vec<Result<(), PortError>> {
        let message = |id: &RequestId| wire::queue::task_message(tenant, *id);
        self.0.send_all(ids.iter().map(message)).await
    }
}
