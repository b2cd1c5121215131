//! Tasks are given back: after a failure that may pass, and by a worker that is to stop.
//!
//! Lambda's workers are never asked to stop: they end between two invocations. A worker of a pool is, when the
//! pool shrinks or a new version takes over.

use std::future::pending;
use std::time::Duration;

use domain::Failure;
use time::OffsetDateTime;
use tokio::sync::watch;

use super::change::Stop;
use super::claim::Held;
use super::{Outcome, RunTask, come_back, shown};

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
    /// Gives the task to whichever worker takes its message next: at once. The attempt was made, but
    /// it does not count as a try: nothing has failed.
    pub(super) async fn give_back(&self, held: Held) -> Result<Outcome, Stop> {
        let message = "The worker was stopped. Another one takes the task over.";
        let failure = Failure::transient("worker_stopped", message);
        self.release(held, failure, Duration::ZERO, false).await
    }

    /// Queues the task again, to be tried after this wait; whether the attempt counts as a try.
    pub(super) async fn release(
        &self,
        mut held: Held,
        failure: Failure,
        wait: Duration,
        counts: bool,
    ) -> Result<Outcome, Stop> {
        let now = self.clock.now();
        let again = later(now, wait);
        let released = self.change(&mut held, |task, token| {
            task.release(token, failure.clone(), now)?;
            if !counts {
                task.uncount();
            }
            task.again(again);
            Ok(())
        });
        released.await?;
        shown::ended("given_back", Some(&failure));
        self.tell(&held.task).await;
        Ok(come_back(wait))
    }
}

fn later(now: OffsetDateTime, wait: Duration) -> OffsetDateTime {
    let wait = wait.try_into().unwrap_or(time::Duration::MAX);
    now.saturating_add(wait)
}
