//! A worker that is to stop gives its tasks back.
//!
//! Lambda's workers are never asked: they end between two invocations. A worker of a pool is, when the
//! pool shrinks or a new version takes over.

use std::future::pending;

use domain::Failure;
use time::Duration;
use tokio::sync::watch;

use super::change::Stop;
use super::claim::Held;
use super::{Outcome, RunTask, shown};

/// Whether tasks are to be given back.
#[derive(Debug, Clone)]
pub struct Release(Option<watch::Receiver<bool>>);

/// Has all tasks given back that listen to it.
#[derive(Debug)]
pub struct Releaser(watch::Sender<bool>);

impl Releaser {
    /// Nothing is given back yet.
    pub fn new() -> (Self, Release) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Release(Some(receiver)))
    }

    /// From now on tasks are given back as they are, those that begin later too.
    pub fn release(&self) {
        self.0.send_replace(true);
    }
}

impl Release {
    /// Nobody asks for them.
    pub fn never() -> Self {
        Self(None)
    }

    /// Waits until tasks are to be given back.
    pub async fn asked(&self) {
        let Some(mut asked) = self.0.clone() else {
            return pending().await;
        };
        if asked.wait_for(|asked| *asked).await.is_err() {
            // Nobody is left who could ask.
            pending::<()>().await;
        }
    }
}

impl RunTask {
    /// Queues the task again, for whichever worker takes its message next: at once. The attempt was
    /// made, but it does not count as a try: nothing has failed.
    pub(super) async fn give_back(&self, mut held: Held) -> Result<Outcome, Stop> {
        let message = "The worker was stopped. Another one takes the task over.";
        let failure = Failure::transient("worker_stopped", message);
        let now = self.clock.now();
        let given_back = self.change(&mut held, |task, token| {
            task.release(token, failure.clone(), now)?;
            task.tries = task.tries.saturating_sub(1);
            task.again(now);
            Ok(())
        });
        given_back.await?;
        shown::ended("given_back", Some(&failure));
        self.tell(&held.task).await;
        Ok(Outcome::Later(Duration::ZERO))
    }
}
