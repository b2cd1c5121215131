//! How a pool ends.

use std::future::Future;
use std::time::Duration;

use app::run_task::Releaser;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::stop::StopSignals;

/// What giving back takes at most: a write, a message to listeners, and one to the queue. The same as
/// Lambda's worker keeps back of its time.
const GIVING_BACK: Duration = Duration::from_secs(8);

/// Leads a pool to its end.
pub(crate) struct Drain {
    releaser: Releaser,
    stop: watch::Sender<bool>,
    patience: Duration,
}

/// Tells that no further tasks are to be taken.
#[derive(Clone)]
pub(crate) struct Stopping(watch::Receiver<bool>);

/// How it ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Drained {
    /// Every task was done or given back.
    Whole,
    /// Some could not be given back in time.
    CutOff,
    /// Somebody asked twice.
    AtOnce,
}

impl Drained {
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::CutOff => "cut_off",
            Self::AtOnce => "at_once",
        }
    }
}

impl Drain {
    /// Tasks may go on for `patience` after the first signal.
    pub(crate) fn new(releaser: Releaser, patience: Duration) -> (Self, Stopping) {
        let (stop, stopping) = watch::channel(false);
        let drain = Self {
            releaser,
            stop,
            patience,
        };
        (drain, Stopping(stopping))
    }

    /// Waits for a signal, then for the tasks, unless their own end comes first.
    pub(crate) async fn run(&self, mut signals: StopSignals) -> Drained {
        signals.next().await;
        tracing::info!(
            patience_s = self.patience.as_secs(),
            "takes no further tasks"
        );
        tokio::select! {
            cut = self.end() => cut,
            () = signals.next() => Drained::AtOnce,
        }
    }

    /// Stops taking, waits, has the rest given back, waits for that. The caller drops this when the
    /// last task is done.
    async fn end(&self) -> Drained {
        self.stop.send_replace(true);
        sleep(self.patience).await;
        self.releaser.release();
        sleep(GIVING_BACK).await;
        Drained::CutOff
    }
}

impl Stopping {
    /// Ends when no further tasks are to be taken.
    pub(crate) fn asked(self) -> impl Future<Output = ()> {
        let Self(mut stopping) = self;
        async move {
            // Where the drain is gone, so is the pool.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use app::run_task::Releaser;
    use tokio::time::{Instant, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn taking_ends_first_and_tasks_are_given_back_after_the_patience() {
        let (releaser, release) = Releaser::new();
        let (drain, stopping) = Drain::new(releaser, Duration::from_secs(90));
        let started = Instant::now();
        let asked = async {
            stopping.asked().await;
            started.elapsed().as_secs()
        };
        let given_back = async {
            release.asked().await;
            started.elapsed().as_secs()
        };
        let (cut, asked, given_back) = tokio::join!(drain.end(), asked, given_back);
        assert_eq!((asked, given_back), (0, 90));
        assert_eq!(cut, Drained::CutOff);
        assert_eq!(started.elapsed().as_secs(), 98);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_happens_unasked() {
        let (releaser, release) = Releaser::new();
        let (_drain, stopping) = Drain::new(releaser, Duration::from_secs(90));
        let hours = Duration::from_hours(1);
        assert!(timeout(hours, stopping.asked()).await.is_err());
        assert!(timeout(hours, release.asked()).await.is_err());
    }
}
