//! Takes a kind's reports and writes the newest of them, at most four a second.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use domain::causes;
use domain::kind::ProgressSink;
use domain::task::Progress;
use domain::text::cut;
use tokio::sync::{oneshot, watch};
use tokio::time::sleep;

use super::change::Stop;
use super::claim::Held;
use super::{LEASE, RunTask};

/// The least time between two writes.
const PAUSE: Duration = Duration::from_millis(250);

/// Longest message of a report, in bytes: a hundred of them are kept with the task.
const LONGEST_MESSAGE: usize = 200;

/// Holds the newest report until it is written.
struct Newest(watch::Sender<Option<Progress>>);

impl ProgressSink for Newest {
    fn report(&self, progress: Progress) {
        self.0.send_replace(Some(Progress {
            percent: progress.percent.min(100),
            message: cut(&progress.message, LONGEST_MESSAGE).to_owned(),
        }));
    }
}

/// Where reports arrive.
pub(super) type Reports = watch::Receiver<Option<Progress>>;

/// A place for one attempt's reports: for the kind, and for us.
pub(super) fn channel() -> (Arc<dyn ProgressSink>, Reports) {
    let (sender, receiver) = watch::channel(None);
    (Arc::new(Newest(sender)), receiver)
}

impl RunTask {
    /// Writes and announces reports until the kind has ended. A report that comes too late for
    /// that becomes part of the end.
    pub(super) async fn write_progress(
        &self,
        held: &mut Held,
        reports: &mut Reports,
        ended: oneshot::Receiver<()>,
    ) -> Result<(), Stop> {
        let mut ended = pin!(ended);
        loop {
            tokio::select! {
                biased;
                _ = &mut ended => return Ok(()),
                Ok(()) = reports.changed() => {}
            }
            let newest = reports.borrow_and_update().clone();
            if let Some(progress) = newest {
                self.advance(held, progress).await?;
            }
            tokio::select! {
                _ = &mut ended => return Ok(()),
                () = sleep(PAUSE) => {}
            }
        }
    }

    /// Progress is worth no failure: where the store is away, the report is dropped and the
    /// heartbeat decides how long the work may go on.
    async fn advance(&self, held: &mut Held, progress: Progress) -> Result<(), Stop> {
        let now = self.clock.now();
        let advanced = self.change(held, |task, token| {
            task.advance(token, progress.clone(), now, LEASE)
        });
        match advanced.await {
            Ok(()) => self.tell(&held.task).await,
            Err(Stop::Lost) => return Err(Stop::Lost),
            Err(Stop::Store(error)) => {
                tracing::warn!(error = causes(&error), "progress was not written");
            }
        }
        Ok(())
    }
}
