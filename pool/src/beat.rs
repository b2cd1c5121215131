//! Tells every few seconds that this process takes tasks, and how busy it is.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::PoolId;
use domain::pool::{BEAT_EVERY, DEAD_AFTER, Heartbeat};
use domain::ports::{Clock, PoolHeartbeats, PortError};
use sqs_batch::Pulse;
use time::OffsetDateTime;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::tally::Tally;

/// What the last word may take. Where it is not heard, the silence is.
const LAST_WORD: Duration = Duration::from_secs(2);

/// What is known of one queue's consumer.
#[derive(Clone)]
pub(crate) struct Watched {
    /// What it has in hand.
    pub(crate) tally: Arc<Tally>,
    /// Whether its queue answers.
    pub(crate) pulse: Arc<Pulse>,
}

/// Makes heartbeats.
pub(crate) struct Beat {
    /// Where they are kept.
    pub(crate) heartbeats: Arc<dyn PoolHeartbeats>,
    /// Tells the time.
    pub(crate) clock: Arc<dyn Clock>,
    /// This process.
    pub(crate) id: PoolId,
    /// When it began to take tasks.
    pub(crate) started_at: OffsetDateTime,
    /// The consumers of both queues.
    pub(crate) queues: [Watched; 2],
}

/// Heartbeats on a task of their own, so that no work that holds a thread holds them up.
pub(crate) struct Beating {
    beat: Arc<Beat>,
    task: JoinHandle<()>,
}

impl Beat {
    /// Begins.
    pub(crate) fn start(self) -> Beating {
        let beat = Arc::new(self);
        let task = tokio::spawn({
            let beat = beat.clone();
            async move { beat.run().await }
        });
        Beating { beat, task }
    }

    async fn run(&self) {
        let mut ticks = interval(BEAT_EVERY.unsigned_abs());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.once().await {
                tracing::warn!(error = boot::causes(&error), "no heartbeat");
            }
        }
    }

    /// Tells how it is, unless a queue is out of reach: then this process is as good as dead, and
    /// others are to take the work.
    async fn once(&self) -> Result<(), PortError> {
        let unreachable =
            |queue: &Watched| queue.pulse.failing_for() >= Some(DEAD_AFTER.unsigned_abs());
        if self.queues.iter().any(unreachable) {
            return Ok(());
        }
        self.heartbeats.beat(&self.heartbeat()).await
    }

    fn heartbeat(&self) -> Heartbeat {
        let [one, other] = self.queues.each_ref().map(|queue| queue.tally.tell());
        let oldest_wait = one.oldest_wait.max(other.oldest_wait);
        let full = [one.full_since, other.full_since];
        Heartbeat {
            id: self.id.clone(),
            started_at: self.started_at,
            seen_at: self.clock.now(),
            capacity: one.at_once.saturating_add(other.at_once),
            running: one.running + other.running,
            oldest_wait_ms: oldest_wait.map(milliseconds),
            taken: one.taken + other.taken,
            full_since: full.into_iter().flatten().min(),
        }
    }
}

impl Beating {
    /// This process takes no further tasks: the last word.
    pub(crate) async fn end(self) {
        self.task.abort();
        // One that is under way must not come after the last word.
        let _ = self.task.await;
        let last_word = self.beat.heartbeats.forget(&self.beat.id);
        match timeout(LAST_WORD, last_word).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(error = boot::causes(&error), "no last word"),
            Err(_) => tracing::warn!("no last word in time"),
        }
    }
}

fn milliseconds(wait: time::Duration) -> u64 {
    u64::try_from(wait.whole_milliseconds()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
