//! Announces what a caller has made of a task: called it off, reported on it from outside.
//!
//! Such a change has no message of a queue behind it that would come again until its end is
//! announced, as a worker's has. So nothing but the caller's answer may stand for that.

use std::sync::Arc;

use domain::ports::{Job, PortError, TaskQueue};
use domain::{Task, causes};
use tokio::time::timeout;

use crate::announce::{Announcer, PATIENCE};

/// Announces changes that callers make.
#[derive(Clone)]
pub struct AnnounceChange {
    /// The way to whoever listens, and to whoever is to be called back.
    pub announcer: Announcer,
    /// The way to the workers, who announce what cannot be announced now.
    pub queue: Arc<dyn TaskQueue>,
}

impl AnnounceChange {
    /// Announces the task's newest version. An outage of the push side holds no caller up: a step is
    /// found in the history, and an end is left to a worker, who announces it when that is over.
    ///
    /// # Errors
    /// Where an end can be left to nobody either. The caller is to come again, and this with it: a
    /// change that was made before is announced again.
    pub(crate) async fn run(&self, task: &Task) -> Result<(), PortError> {
        let Err(error) = self.announcer.announce_soon(task).await else {
            return Ok(());
        };
        tracing::warn!(error = causes(&error), "a change was not announced");
        if task.status().is_terminal() {
            self.leave_to_a_worker(task).await
        } else {
            Ok(())
        }
    }

    /// A worker that is sent a task which has ended does nothing but announce the end, and is sent it
    /// again until that has worked.
    async fn leave_to_a_worker(&self, task: &Task) -> Result<(), PortError> {
        let job = Job {
            // The end is told now, whenever the task was to run.
            run_at: None,
            ..Job::from(task)
        };
        let sent = timeout(PATIENCE, self.queue.send(&job)).await;
        sent.unwrap_or_else(|late| Err(PortError::unavailable("task queue", late)))
    }
}

#[cfg(test)]
mod tests {
    use domain::task::Status;
    use testkit::build::{self, NOW};
    use testkit::memory::{Fault, Faults, MemoryCallbackQueue, MemoryTaskQueue, MemoryUpdateQueue};
    use time::Duration;

    use super::*;

    struct Scene {
        announce: AnnounceChange,
        updates: Arc<MemoryUpdateQueue>,
        queue: Arc<MemoryTaskQueue>,
        faults: Faults,
    }

    fn scene() -> Scene {
        let faults = Faults::default();
        let updates = Arc::new(MemoryUpdateQueue::new(&faults));
        let queue = Arc::new(MemoryTaskQueue::new(&faults));
        let announce = AnnounceChange {
            announcer: Announcer {
                updates: updates.clone(),
                callbacks: Arc::new(MemoryCallbackQueue::new(&faults)),
            },
            queue: queue.clone(),
        };
        Scene {
            announce,
            updates,
            queue,
            faults,
        }
    }

    fn going_on() -> Task {
        build::task(&build::tenant(), "aggregate", serde_json::json!({}))
    }

    /// Called off long before it was to run.
    fn ended() -> Task {
        let mut task = going_on();
        task.terms.run_at = Some(NOW + Duration::HOUR);
        task.cancel(NOW).unwrap();
        task
    }

    #[tokio::test]
    async fn a_change_is_announced_and_no_worker_is_asked() {
        let scene = scene();
        for task in [going_on(), ended()] {
            scene.announce.run(&task).await.unwrap();
            let told = scene.updates.take();
            assert_eq!(told[0].update.version, task.version);
            assert_eq!(scene.queue.take(), []);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_end_that_cannot_be_announced_is_left_to_a_worker_at_once() {
        for (call, fault) in [
            ("updates.send", Fault::Unavailable),
            ("updates.send", Fault::HangBefore),
            ("updates.send", Fault::LostAnswer),
        ] {
            let scene = scene();
            scene.faults.always(call, fault);
            let task = ended();
            assert_eq!(task.status(), Status::Cancelled);
            scene.announce.run(&task).await.unwrap();
            let jobs = scene.queue.take_jobs();
            let asked: Vec<_> = jobs
                .iter()
                .map(|job| (job.request_id, job.run_at))
                .collect();
            assert_eq!(asked, [(task.request_id, None)], "{fault:?}");
        }
    }

    #[tokio::test]
    async fn a_step_that_cannot_be_announced_is_left_to_the_history() {
        let scene = scene();
        scene.faults.always("updates.send", Fault::Unavailable);
        scene.announce.run(&going_on()).await.unwrap();
        assert_eq!(scene.queue.take(), []);
    }

    #[tokio::test(start_paused = true)]
    async fn an_end_that_is_left_to_nobody_is_the_callers_to_repeat() {
        for fault in [Fault::Unavailable, Fault::HangBefore] {
            let scene = scene();
            scene.faults.always("updates.send", Fault::Unavailable);
            scene.faults.on("queue.send", 1, fault);
            let task = ended();
            let failed = scene.announce.run(&task).await.unwrap_err();
            assert!(matches!(failed, PortError::Unavailable { .. }), "{failed}");
            scene.announce.run(&task).await.unwrap();
            assert_eq!(scene.queue.take().len(), 1);
        }
    }
}
