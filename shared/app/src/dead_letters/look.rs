//! Looks at dead letters, and leaves them where they are.

use std::sync::Arc;

use domain::dead_letters::{DeadQueue, Letter};
use domain::ports::{DeadLetters, PortError, TaskStore};

use super::{Hand, IN_HAND, examine};

/// Letters that are looked at where the caller does not say.
pub const USUAL_LOOK: usize = 50;

/// Most letters in one look.
pub const LARGEST_LOOK: usize = 100;

/// Looks at dead letters.
#[derive(Clone)]
pub struct LookAtDeadLetters {
    /// Where they are.
    pub letters: Arc<dyn DeadLetters>,
    /// What they are about.
    pub tasks: Arc<dyn TaskStore>,
}

/// Why nothing is seen.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// None, or too many at once.
    #[error("limit must be 1 to {LARGEST_LOOK}, not {given}")]
    Limit {
        /// What was asked for.
        given: usize,
    },
    /// A queue or the store did not answer.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl LookAtDeadLetters {
    /// Some letters, in no order of their own: at most so many of those that nobody has in hand.
    pub async fn run(&self, queue: DeadQueue, limit: usize) -> Result<Vec<Letter>, LookError> {
        if !(1..=LARGEST_LOOK).contains(&limit) {
            return Err(LookError::Limit { given: limit });
        }
        let hand = Hand::new(self.letters.clone(), IN_HAND);
        let taken = hand.up_to(queue, limit).await;
        hand.put_back().await;
        let (letters, _) = taken?;
        Ok(examine(self.tasks.as_ref(), queue, letters).await?)
    }
}
