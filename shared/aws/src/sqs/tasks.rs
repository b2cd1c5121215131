//! The queues that take tasks to the workers, one for each priority.

use async_trait::async_trait;
use domain::ports::{Job, PortError, TaskQueue};
use domain::task::Priority;

use super::outbox::{Outbox, Parcel};
use crate::Sdk;

/// Sends tasks to the queue of their priority.
#[derive(Debug, Clone)]
pub struct TaskSender {
    normal: Outbox,
    urgent: Outbox,
}

impl TaskSender {
    /// Sends to the queues with these URLs: normal tasks to the first, those of high priority to
    /// the second.
    pub fn new(
        sdk: &Sdk,
        queue_url: impl Into<String>,
        urgent_queue_url: impl Into<String>,
    ) -> Self {
        Self {
            normal: Outbox::new(sdk, queue_url, "task queue"),
            urgent: Outbox::new(sdk, urgent_queue_url, "urgent task queue"),
        }
    }

    fn outbox(&self, priority: Priority) -> &Outbox {
        match priority {
            Priority::Normal => &self.normal,
            Priority::High => &self.urgent,
        }
    }
}

#[async_trait]
impl TaskQueue for TaskSender {
    async fn send(&self, job: &Job) -> Result<(), PortError> {
        self.outbox(job.priority).send(&parcel(job)).await
    }

    async fn send_all(&self, jobs: &[Job]) -> Vec<Result<(), PortError>> {
        let mut outcomes: Vec<_> = jobs.iter().map(|_| Ok(())).collect();
        for priority in Priority::ALL {
            let places = (0..jobs.len()).filter(|&place| jobs[place].priority == priority);
            let places: Vec<_> = places.collect();
            let parcels = places.iter().map(|&place| parcel(&jobs[place]));
            let sent = self.outbox(priority).send_all(parcels).await;
            for (place, outcome) in places.into_iter().zip(sent) {
                outcomes[place] = outcome;
            }
        }
        outcomes
    }
}

fn parcel(job: &Job) -> Parcel<impl serde::Serialize> {
    Parcel {
        body: wire::queue::task_message(&job.tenant, job.request_id),
        tenant: Some(job.tenant.clone()),
    }
}
