//! The queues that take tasks to the workers, one for each priority.

use std::sync::Arc;

use async_trait::async_trait;
use domain::ports::{Clock, Job, PortError, TaskQueue};
use domain::task::Priority;

use super::outbox::{Outbox, Parcel};
use crate::Sdk;

/// Sends tasks to the queue of their priority.
#[derive(Clone)]
pub struct TaskSender {
    clock: Arc<dyn Clock>,
    normal: Outbox,
    urgent: Outbox,
}

impl TaskSender {
    /// Sends to the queues with these URLs: normal tasks to the first, those of high priority to
    /// the second. The clock tells how long a task that is to run later is held back.
    pub fn new(
        sdk: &Sdk,
        queue_url: impl Into<String>,
        urgent_queue_url: impl Into<String>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            clock,
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

    /// A message that is held back until its task may run, or for as long as a queue can.
    fn parcel(&self, job: &Job) -> Parcel<impl serde::Serialize + use<>> {
        let wait = job.run_at.map(|at| at - self.clock.now());
        Parcel {
            body: wire::queue::task_message(job),
            tenant: Some(job.tenant.clone()),
            delay: wait.unwrap_or_default(),
            trace: job.trace,
        }
    }
}

#[async_trait]
impl TaskQueue for TaskSender {
    async fn send(&self, job: &Job) -> Result<(), PortError> {
        self.outbox(job.priority).send(&self.parcel(job)).await
    }

    async fn send_all(&self, jobs: &[Job]) -> Vec<Result<(), PortError>> {
        let mut outcomes: Vec<_> = jobs.iter().map(|_| Ok(())).collect();
        for priority in Priority::ALL {
            let places = (0..jobs.len()).filter(|&place| jobs[place].priority == priority);
            let places: Vec<_> = places.collect();
            let parcels = places.iter().map(|&place| self.parcel(&jobs[place]));
            let sent = self.outbox(priority).send_all(parcels).await;
            for (place, outcome) in places.into_iter().zip(sent) {
                outcomes[place] = outcome;
            }
        }
        outcomes
    }
}
