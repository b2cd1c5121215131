//! Posts what a connection has missed of some tasks, then says so.
//!
//! Updates of one task go one after the other, in the order of their versions; tasks go side by
//! side. What does not fit into one invocation is asked for again, from where it stopped: however
//! much there is, every go gets on.

mod one_task;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use domain::ports::{PortError, PostError, PusherQueue, TaskStore};
use domain::{Replay, RequestId, Resumed};
use futures::StreamExt as _;
use futures::stream;
use protocol::frames::ServerFrame;
use tokio::time::Instant;

use crate::PushUpdates;
use crate::push_updates::PushError;

/// Tasks of one replay that are posted at the same time.
const AT_ONCE: usize = 8;

/// How long one go may take before it begins nothing more: the function has 30 s, and one post
/// takes up to ten with all its tries.
const BUDGET: Duration = Duration::from_secs(15);

/// Posts what connections have missed.
#[derive(Clone)]
pub struct ReplayTasks {
    /// Where tasks and their histories are.
    pub tasks: Arc<dyn TaskStore>,
    /// Makes messages of updates and posts them.
    pub push: PushUpdates,
    /// Takes what is left for the next go.
    pub queue: Arc<dyn PusherQueue>,
}

/// Why not everything was posted. Doing it again is safe: clients know an update they have seen by
/// its version.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A task cannot be read, or what is left cannot be asked for again.
    #[error(transparent)]
    Store(#[from] PortError),
    /// There is no message for an update.
    #[error(transparent)]
    Message(#[from] PushError),
    /// The connection takes no message, though it may be open.
    #[error("the connection was not reached")]
    Unreached(#[source] PostError),
}

/// How far one task got.
enum Progress {
    /// All is posted.
    Done(Resumed),
    /// The time was over after this version.
    Until(u64),
}

/// Why a task got no further.
enum Stop {
    /// There is nobody to post to any more.
    Gone,
    Failed(ReplayError),
}

impl ReplayTasks {
    /// Posts the updates, then `resumed`. A connection that has gone needs nothing.
    pub async fn run(&self, replay: &Replay) -> Result<(), ReplayError> {
        match self.go(replay, Instant::now() + BUDGET).await {
            Err(Stop::Gone) => {
                self.push.forget(&replay.connection).await;
                Ok(())
            }
            Err(Stop::Failed(error)) => Err(error),
            Ok(next) if next.tasks.is_empty() => self.conclude(&next).await,
            Ok(next) => Ok(self.queue.replay(&next).await?),
        }
    }

    /// What is left to do after one go.
    async fn go(&self, replay: &Replay, end: Instant) -> Result<Replay, Stop> {
        let one = async |(id, seen): (&RequestId, &u64)| {
            let progress = self.resume_task(replay, *id, *seen, end).await;
            progress.map(|progress| (*id, progress))
        };
        let tasks: Vec<_> = replay.tasks.iter().map(one).collect();
        let mut tasks = stream::iter(tasks).buffer_unordered(AT_ONCE);
        let mut next = Replay {
            tasks: [].into(),
            ..replay.clone()
        };
        while let Some(progress) = tasks.next().await {
            match progress? {
                (id, Progress::Done(resumed)) => drop(next.done.insert(id, resumed)),
                (id, Progress::Until(seen)) => drop(next.tasks.insert(id, seen)),
            }
        }
        Ok(next)
    }

    async fn conclude(&self, replay: &Replay) -> Result<(), ReplayError> {
        let done = replay.done.iter();
        let frame = ServerFrame::Resumed {
            recovered: replay.done.values().all(|resumed| resumed.recovered),
            tasks: done
                .map(|(id, resumed)| (id.to_string(), wire::frame::resumed_task(*resumed)))
                .collect(),
        };
        // Nothing in a frame can fail to become JSON.
        let text = serde_json::to_string(&frame).unwrap_or_default();
        match self.push.post(&replay.connection, &text).await {
            Ok(()) => Ok(()),
            Err(PostError::Gone) => {
                self.push.forget(&replay.connection).await;
                Ok(())
            }
            Err(error) => Err(ReplayError::Unreached(error)),
        }
    }
}
