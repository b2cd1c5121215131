//! Looks at dead letters, and leaves them where they are.

use std::sync::Arc;

use domain::dead_letters::{BuriedLetter, DeadQueue, Examined, Group, Standing, groups};
use domain::ports::{DeadLetters, PortError, TaskStore};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};

use super::{about, put_back};

/// Letters that are looked at where the caller does not say.
pub const USUAL_LOOK: usize = 50;

/// Most letters in one look.
pub const LARGEST_LOOK: usize = 100;

/// Tasks that are read at once.
const AT_ONCE: usize = 16;

/// Looks at dead letters.
#[derive(Clone)]
pub struct LookAtDeadLetters {
    /// Where they are.
    pub letters: Arc<dyn DeadLetters>,
    /// What they are about.
    pub tasks: Arc<dyn TaskStore>,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// How many letters.
    pub looked_at: usize,
    /// They, by reason and kind.
    pub groups: Vec<Group>,
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
    pub async fn run(&self, queue: DeadQueue, limit: usize) -> Result<Look, LookError> {
        if !(1..=LARGEST_LOOK).contains(&limit) {
            return Err(LookError::Limit { given: limit });
        }
        let taken = self.letters.take(queue, limit).await?;
        put_back(self.letters.as_ref(), queue, &taken).await;
        let looked_at = taken.len();
        let examined = taken.into_iter().map(|letter| self.examine(queue, letter));
        let examined = stream::iter(examined).buffered(AT_ONCE).try_collect();
        Ok(Look {
            looked_at,
            groups: groups(examined.await?),
        })
    }

    async fn examine(&self, queue: DeadQueue, letter: BuriedLetter) -> Result<Examined, PortError> {
        let about = about(queue, &letter.body);
        let task = match &about {
            Some((tenant, id)) => self.tasks.load(tenant, *id).await?,
            None => None,
        };
        Ok(Examined {
            message_id: letter.message_id,
            reason: letter.reason,
            since: letter.since,
            about,
            standing: task.as_ref().map(Standing::from),
        })
    }
}
