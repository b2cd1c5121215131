//! Queues in memory.

use async_trait::async_trait;
use domain::ports::{
    Announcement, DeadLetter, DeadLetterQueue, Deliveries, Job, PortError, TaskQueue, UpdateQueue,
};
use domain::{RequestId, TenantId};
use time::Duration;

use super::{Faults, Kept};

/// Takes tasks to nobody. The call is named `queue.send`, also for each of many.
#[derive(Debug, Default)]
pub struct MemoryTaskQueue {
    sent: Kept<Vec<Job>>,
    faults: Faults,
}

impl MemoryTaskQueue {
    /// An empty queue.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Takes everything that was sent since the last time.
    pub fn take_jobs(&self) -> Vec<Job> {
        std::mem::take(&mut self.sent.lock())
    }

    /// The same, as no more than the names that a message holds.
    pub fn take(&self) -> Vec<(TenantId, RequestId)> {
        let jobs = self.take_jobs().into_iter();
        jobs.map(|job| (job.tenant, job.request_id)).collect()
    }
}

#[async_trait]
impl TaskQueue for MemoryTaskQueue {
    async fn send(&self, job: &Job) -> Result<(), PortError> {
        let send = || {
            self.sent.lock().push(job.clone());
            Ok(())
        };
        self.faults.around("queue.send", send).await
    }

    async fn send_all(&self, jobs: &[Job]) -> Vec<Result<(), PortError>> {
        let mut outcomes = vec![];
        for job in jobs {
            outcomes.push(self.send(job).await);
        }
        outcomes
    }
}

/// Takes updates to nobody. The call is named `updates.send`.
#[derive(Debug, Default)]
pub struct MemoryUpdateQueue {
    sent: Kept<Vec<Announcement>>,
    faults: Faults,
}

impl MemoryUpdateQueue {
    /// An empty queue.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Takes everything that was sent since the last time.
    pub fn take(&self) -> Vec<Announcement> {
        std::mem::take(&mut self.sent.lock())
    }
}

#[async_trait]
impl UpdateQueue for MemoryUpdateQueue {
    async fn send(&self, announcement: &Announcement) -> Result<(), PortError> {
        let send = || {
            self.sent.lock().push(announcement.clone());
            Ok(())
        };
        self.faults.around("updates.send", send).await
    }
}

/// Notes which messages were hidden for how long. The call is named `deliveries.hide`.
#[derive(Debug, Default)]
pub struct MemoryDeliveries {
    hidden: Kept<Vec<(String, Duration)>>,
    faults: Faults,
}

impl MemoryDeliveries {
    /// Nothing hidden yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Every hiding so far: receipt and length.
    pub fn hidden(&self) -> Vec<(String, Duration)> {
        self.hidden.lock().clone()
    }
}

#[async_trait]
impl Deliveries for MemoryDeliveries {
    async fn hide(&self, receipt: &str, length: Duration) -> Result<(), PortError> {
        let hide = || {
            self.hidden.lock().push((receipt.to_owned(), length));
            Ok(())
        };
        self.faults.around("deliveries.hide", hide).await
    }
}

/// Keeps dead letters. The call is named `dead_letters.bury`.
#[derive(Debug, Default)]
pub struct MemoryDeadLetters {
    buried: Kept<Vec<DeadLetter>>,
    faults: Faults,
}

impl MemoryDeadLetters {
    /// An empty queue.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Takes everything that was buried since the last time.
    pub fn take(&self) -> Vec<DeadLetter> {
        std::mem::take(&mut self.buried.lock())
    }
}

#[async_trait]
impl DeadLetterQueue for MemoryDeadLetters {
    async fn bury(&self, letter: &DeadLetter) -> Result<(), PortError> {
        let bury = || {
            self.buried.lock().push(letter.clone());
            Ok(())
        };
        self.faults.around("dead_letters.bury", bury).await
    }
}
