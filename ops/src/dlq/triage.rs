//! Where dead letters are looked at, one after the other, by whoever decides what becomes of them.

use std::sync::Arc;

use app::RedriveLetter;
use app::dead_letters::{Hand, examine};
use domain::dead_letters::{DeadQueue, Letter};
use domain::ports::{Clock, DeadLetters, PortError, TaskStore};
use futures::future::join_all;
use time::Duration;

use super::filter::Filter;

/// How long letters are hidden from others while they are looked at. Long enough to go through a
/// queue and to send what was taken up together; whoever waits for a killed tool waits as long.
pub const HIDDEN: Duration = Duration::minutes(2);

/// Letters taken up together, as many as SQS gives at once.
pub const TOGETHER: usize = 10;

/// Where dead letters are looked at.
pub struct Triage {
    /// What is in hand.
    hand: Hand,
    /// Where tasks are.
    pub tasks: Arc<dyn TaskStore>,
    /// Sends letters on their way.
    pub redrive: RedriveLetter,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

impl Triage {
    /// Nothing in hand yet.
    pub fn new(
        letters: Arc<dyn DeadLetters>,
        tasks: Arc<dyn TaskStore>,
        redrive: RedriveLetter,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            hand: Hand::new(letters, HIDDEN),
            tasks,
            redrive,
            clock,
        }
    }

    /// Takes up the next letters of a queue that are not in hand yet; none at the end.
    pub async fn next(&self, queue: DeadQueue, most: usize) -> Result<Vec<Letter>, PortError> {
        let taken = self.hand.next(queue, most).await?;
        examine(self.tasks.as_ref(), queue, taken).await
    }

    /// Every letter that a filter means, at most so many of each queue looked at, and whether that
    /// were all. They stay in hand.
    pub async fn all(
        &self,
        filter: &Filter,
        most: usize,
    ) -> Result<(Vec<Letter>, bool), PortError> {
        let queues = filter.queues().map(|queue| async move {
            let mut letters = Vec::new();
            while letters.len() < most {
                let next = self.next(queue, TOGETHER).await?;
                if next.is_empty() {
                    return Ok((letters, true));
                }
                letters.extend(next);
            }
            Ok::<_, PortError>((letters, false))
        });
        let (mut found, mut complete) = (Vec::new(), true);
        for of_queue in join_all(queues).await {
            let (letters, whole) = of_queue?;
            complete &= whole;
            found.extend(letters);
        }
        let now = self.clock.now();
        found.retain(|letter| filter.takes(letter, now));
        found.sort_by_key(|letter| (letter.queue, letter.held.sent_at));
        Ok((found, complete))
    }

    /// Removes a letter in hand for good.
    pub async fn remove(&self, letter: &Letter) -> Result<(), PortError> {
        let letters = std::slice::from_ref(&letter.held);
        self.hand.remove(letter.queue, letters).await
    }

    /// Puts back what is in hand. Where that fails letters come back by themselves.
    pub async fn put_back(&self) {
        self.hand.put_back().await;
    }
}
