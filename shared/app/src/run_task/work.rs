//! Does a task's work while keeping the task ours.

use domain::task::Progress;
use domain::{Failure, TaskResult};
use futures::future::try_join;
use tokio::sync::oneshot;

use super::change::Stop;
use super::claim::Held;
use super::progress;
use super::{Delivery, RunTask};

/// How the work ended.
pub(super) enum Work {
    /// By itself.
    Done(Worked),
    /// It took too long.
    OutOfTime(Failure),
    /// It is to be done by another worker.
    Unfinished,
}

/// What the kind left.
pub(super) struct Worked {
    /// What came out.
    pub(super) outcome: Result<TaskResult, Failure>,
    /// The kind's last report, written or not.
    pub(super) progress: Option<Progress>,
}

impl RunTask {
    /// Runs the kind, writes its progress, keeps the lease and looks at the limits, all at once.
    /// Losing the task or running out of time stops the kind; the kind's end lets a write that is
    /// under way come to its own end first, so that we know which version is stored.
    pub(super) async fn work(&self, held: &mut Held, delivery: &Delivery) -> Result<Work, Stop> {
        let (claimed, token, account) = (held.task.clone(), held.token, held.account.clone());
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
            stop = self.keep_lease(&claimed, token, &account, &delivery.receipt) => return Err(stop),
            stop = self.watch(&claimed, token) => return Err(stop),
            failure = self.out_of_time(&claimed, delivery.until) => {
                return Ok(Work::OutOfTime(failure));
            }
            () = self.release.asked() => return Ok(Work::Unfinished),
        };
        let progress = reports.borrow().clone();
        Ok(Work::Done(Worked { outcome, progress }))
    }
}
