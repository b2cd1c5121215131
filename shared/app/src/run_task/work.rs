//! Does a task's work while keeping the task ours.

use domain::task::Progress;
use domain::{Failure, TaskResult};
use futures::future::try_join;
use tokio::sync::oneshot;

use super::RunTask;
use super::change::Stop;
use super::claim::Held;
use super::progress;

/// How the work ended.
pub(super) struct Worked {
    /// What came out.
    pub(super) outcome: Result<TaskResult, Failure>,
    /// The kind's last report, written or not.
    pub(super) progress: Option<Progress>,
}

impl RunTask {
    /// Runs the kind, writes its progress and keeps the lease, all at once. Losing the task stops
    /// the kind; the kind's end lets a write that is under way come to its own end first, so that
    /// we know which version is stored.
    pub(super) async fn work(&self, held: &mut Held, receipt: &str) -> Result<Worked, Stop> {
        let (claimed, token) = (held.task.clone(), held.token);
        let (sink, mut reports) = progress::channel();
        let (end, ended) = oneshot::channel();
        let running = async {
            let outcome = self.run_kind(&claimed, sink).await;
            drop(end);
            Ok(outcome)
        };
        let writing = self.write_progress(held, &mut reports, ended);
        let (outcome, ()) = tokio::select! {
            both = try_join(running, writing) => both?,
            stop = self.keep_lease(&claimed, token, receipt) => return Err(stop),
        };
        let progress = reports.borrow().clone();
        Ok(Worked { outcome, progress })
    }
}
