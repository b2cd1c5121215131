//! What a part leaves to others.

use domain::ConnectionId;
use domain::broadcast::{Addressees, Part};
use domain::ports::PortError;
use retry::Backoff;
use time::Duration;

use super::PushBroadcast;
use super::read::Unread;

/// How often a connection is tried, and the waits in between, which spread those who were throttled
/// together. Three minutes on average: longer than a failover, shorter than a dead connection stays
/// open.
pub(super) const ROUNDS: Backoff = Backoff {
    base: std::time::Duration::from_secs(5),
    cap: std::time::Duration::from_mins(2),
    attempts: 8,
};

/// Connections in one part. With ids of the longest kind and the largest message ten of them still
/// fit into one call of SQS, which takes 1 MiB.
const MOST_NAMED: usize = 500;

/// The work that is left, as parts.
#[derive(Debug, Default)]
pub(super) struct Rest {
    /// The shard's remainder.
    pub(super) continuation: Option<Part>,
    /// Connections to try once more.
    again: Vec<Part>,
    /// The rounds they have behind them.
    round: u32,
    /// Connections that are not tried again.
    pub(super) given_up: usize,
}

impl Rest {
    /// What is left of a part that was tried for the `round`-th time before this one.
    pub(super) fn of(part: &Part, unread: Unread, unreached: &[ConnectionId], round: u32) -> Self {
        let same = |to| Part {
            broadcast: part.broadcast.clone(),
            to,
        };
        let continuation = match (&part.to, unread) {
            (Addressees::Shard { shard, .. }, Some(after)) => Some(same(Addressees::Shard {
                shard: *shard,
                after: Some(after),
            })),
            _ => None,
        };
        let round = round + 1;
        let rest = Self {
            continuation,
            round,
            ..Self::default()
        };
        if round >= ROUNDS.attempts {
            return Self {
                given_up: unreached.len(),
                ..rest
            };
        }
        let named = |ids: &[ConnectionId]| {
            same(Addressees::Named {
                ids: ids.to_vec(),
                round,
            })
        };
        Self {
            again: unreached.chunks(MOST_NAMED).map(named).collect(),
            ..rest
        }
    }

    /// How many connections are tried once more.
    pub(super) fn later(&self) -> usize {
        let named = |part: &Part| match &part.to {
            Addressees::Named { ids, .. } => ids.len(),
            Addressees::Shard { .. } => 0,
        };
        self.again.iter().map(named).sum()
    }
}

impl PushBroadcast {
    /// Queues the rest: the shard's remainder at once, the connections to try again after a while.
    pub(super) async fn leave(&self, rest: Rest) -> Result<(), PortError> {
        let wait = ROUNDS.wait(rest.round, self.entropy.as_ref());
        let wait = Duration::try_from(wait).unwrap_or_default();
        let mut outcomes = vec![];
        if let Some(part) = rest.continuation {
            outcomes.extend(self.queue.send_all(&[part], Duration::ZERO).await);
        }
        if !rest.again.is_empty() {
            outcomes.extend(self.queue.send_all(&rest.again, wait).await);
        }
        outcomes.into_iter().collect()
    }
}
