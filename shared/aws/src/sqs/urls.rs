//! Where the queues are.

use domain::dead_letters::DeadQueue;
use domain::operations::QueueName;
use domain::ports::PortError;

/// Where the queues are; empty is the address of one that a process has no business with.
#[derive(Debug, Clone, Default)]
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

/// A queue was meant whose address this process was not told.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not known")]
struct Unknown(&'static str);

impl QueueUrls {
    /// Asks for the address of every queue by the name of its variable.
    pub fn by_variable(mut url: impl FnMut(&'static str) -> String) -> Self {
        Self {
            work: url(QueueName::Work.variable()),
            urgent: url(QueueName::Urgent.variable()),
            updates: url(QueueName::Updates.variable()),
            callbacks: url(QueueName::Callbacks.variable()),
            dead_work: url(DeadQueue::Work.variable()),
            dead_updates: url(DeadQueue::Updates.variable()),
            dead_callbacks: url(DeadQueue::Callbacks.variable()),
        }
    }

    pub(super) fn of(&self, queue: QueueName) -> Result<&str, PortError> {
        let url = match queue {
            QueueName::Work => &self.work,
            QueueName::Urgent => &self.urgent,
            QueueName::Updates => &self.updates,
            QueueName::Callbacks => &self.callbacks,
        };
        known(url, queue.variable())
    }

    pub(super) fn of_dead(&self, queue: DeadQueue) -> Result<&str, PortError> {
        let url = match queue {
            DeadQueue::Work => &self.dead_work,
            DeadQueue::Updates => &self.dead_updates,
            DeadQueue::Callbacks => &self.dead_callbacks,
        };
        known(url, queue.variable())
    }
}

fn known<'a>(url: &'a str, variable: &'static str) -> Result<&'a str, PortError> {
    if url.is_empty() {
        Err(PortError::broken("queue", Unknown(variable)))
    } else {
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_queue_has_the_address_of_its_variable() {
        let urls = QueueUrls::by_variable(str::to_owned);
        for queue in QueueName::ALL {
            assert_eq!(urls.of(queue).unwrap(), queue.variable());
        }
        for queue in DeadQueue::ALL {
            assert_eq!(urls.of_dead(queue).unwrap(), queue.variable());
        }
    }

    #[test]
    fn a_queue_without_an_address_is_told_by_its_variable() {
        let error = QueueUrls::default().of(QueueName::Urgent).unwrap_err();
        let told = domain::causes(&error);
        assert!(
            told.ends_with("URGENT_TASK_QUEUE_URL is not known"),
            "{told}"
        );
    }
}
