//! Pushes updates to the connections that listen.
//!
//! | step | file |
//! |---|---|
//! | leave out what a newer update has overtaken, put the rest in order | `select` |
//! | find who listens, once per topic | `address` |
//! | build the message, once per update, and the operators' copy | `compose` |
//! | post it, connection by connection | `deliver` |

mod address;
mod compose;
mod deliver;
mod select;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::ConnectionId;
use domain::ports::{
    Announcement, Clock, ConnectionStore, Entropy, PortError, Postman, ResultStore,
};
use futures::StreamExt as _;
use futures::stream;
use protocol::frames::LONGEST_FRAME;
use retry::Retry;
use tokio::time::Instant;

use crate::count_messages::{Payer, Pushed};
use deliver::Letter;

/// Connections that are posted to at the same time.
const AT_ONCE: usize = 64;

/// How long posting a batch may take: the function has 30 s, and must end in time to say which
/// updates have arrived.
const BUDGET: Duration = Duration::from_secs(20);

/// Pushes updates to the connections that listen.
#[derive(Clone)]
pub struct PushUpdates {
    /// Who listens.
    pub connections: Arc<dyn ConnectionStore>,
    /// The way to them.
    pub postman: Arc<dyn Postman>,
    /// Takes note of what was pushed for which task.
    pub pushed: Pushed,
    /// Where large results are.
    pub results: Arc<dyn ResultStore>,
    /// Which connections are too old.
    pub clock: Arc<dyn Clock>,
    /// Makes jitter.
    pub entropy: Arc<dyn Entropy>,
}

/// Why an update has not reached everybody who listens. Pushing it again is safe: clients know
/// an update they have seen by its version.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PushError {
    /// It is not known who listens.
    #[error("the listeners cannot be looked up")]
    Listeners(#[source] Arc<PortError>),
    /// The result is stored apart and no link to it can be made.
    #[error("the link to the result cannot be made")]
    Link(#[source] Arc<PortError>),
    /// The message is larger than the gateway takes, and will not become smaller.
    #[error("the message has {bytes} bytes, the gateway takes {LONGEST_FRAME}")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Some connections took no message, though they may be open.
    #[error("{connections} connections were not reached")]
    Unreached {
        /// How many.
        connections: usize,
    },
}

impl retry::Failure for PushError {
    fn retry(&self) -> Retry {
        match self {
            Self::TooLarge { .. } => Retry::Permanent,
            Self::Listeners(_) | Self::Link(_) | Self::Unreached { .. } => Retry::Transient,
        }
    }
}

/// Who is charged for an update's messages.
fn payer(announcement: &Announcement) -> Payer {
    (announcement.tenant.clone(), announcement.request_id)
}

impl PushUpdates {
    /// Pushes a batch. The answers are in the order of the announcements; an update that was left
    /// out because a newer one takes its place counts as pushed.
    pub async fn run(&self, announcements: &[Announcement]) -> Vec<Result<(), PushError>> {
        let mut outcomes: Vec<Result<(), PushError>> = vec![Ok(()); announcements.len()];
        let order = select::in_order(announcements);
        let topics = self.look_up(order.iter().map(|&n| &announcements[n])).await;
        let mut bags: BTreeMap<ConnectionId, Vec<Letter>> = BTreeMap::new();
        for index in order {
            match self.prepare(&announcements[index], &topics).await {
                Ok(mailings) => {
                    let payer = Arc::new(payer(&announcements[index]));
                    for (ids, text) in mailings {
                        for id in ids {
                            let (text, payer) = (Arc::clone(&text), Arc::clone(&payer));
                            let letter = Letter { index, text, payer };
                            bags.entry(id).or_default().push(letter);
                        }
                    }
                }
                Err(error) => outcomes[index] = Err(error),
            }
        }
        for (index, connections) in self.deliver_all(bags).await {
            outcomes[index] = Err(PushError::Unreached { connections });
        }
        outcomes
    }

    /// Posts to many connections at once and counts, per update, those that were not reached.
    async fn deliver_all(
        &self,
        bags: BTreeMap<ConnectionId, Vec<Letter>>,
    ) -> BTreeMap<usize, usize> {
        let end = Instant::now() + BUDGET;
        let deliveries = bags.into_iter().map(|(id, bag)| self.deliver(id, bag, end));
        let mut left = stream::iter(deliveries).buffer_unordered(AT_ONCE);
        let mut unreached = BTreeMap::new();
        while let Some(indices) = left.next().await {
            for index in indices {
                *unreached.entry(index).or_default() += 1;
            }
        }
        unreached
    }
}
