//! Sends dead letters on their way again, all that are found or those about some tasks.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::dead_letters::{DeadQueue, HeldLetter};
use domain::ports::{DeadLetters, PortError};
use domain::{RequestId, causes};
use futures::stream::{self, StreamExt as _};

use super::{Hand, IN_HAND, NotSent, RedriveLetter, Sent};
use crate::retry_task::RetryTaskError;

/// Letters that are redriven by one call at most.
const MOST_REDRIVEN: usize = 200;

/// Letters among which named ones are looked for: SQS hands them out in no order.
const MOST_SEARCHED: usize = 1_000;

/// Most tasks that one call can name.
pub const MOST_NAMED: usize = 100;

/// Letters that are redriven at once.
const AT_ONCE: usize = 8;

/// Redrives dead letters.
#[derive(Clone)]
pub struct RedriveDeadLetters {
    /// Where they are.
    pub letters: Arc<dyn DeadLetters>,
    /// Sends one of them on its way.
    pub redrive: RedriveLetter,
}

/// What became of the letters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Redriven {
    /// Letters that are on their way again.
    pub redriven: usize,
    /// Letters that were looked at and stay.
    pub left: usize,
    /// Why the first of those that were to go stays.
    pub problem: Option<String>,
    /// Whether there may be more than were looked at.
    pub more: bool,
}

/// Why it is not known what became of the letters. Redriving again is safe.
#[derive(Debug, thiserror::Error)]
pub enum RedriveError {
    /// Nothing named, or too much at once.
    #[error("name 1 to {MOST_NAMED} tasks, not {given}, or none for all letters")]
    Names {
        /// How many were named.
        given: usize,
    },
    /// A queue did not answer.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl RedriveDeadLetters {
    /// Redrives all letters that it finds, or those about these tasks.
    pub async fn run(
        &self,
        queue: DeadQueue,
        only: Option<&BTreeSet<RequestId>>,
    ) -> Result<Redriven, RedriveError> {
        let most = match only {
            None => MOST_REDRIVEN,
            Some(ids) if (1..=MOST_NAMED).contains(&ids.len()) => MOST_SEARCHED,
            Some(ids) => return Err(RedriveError::Names { given: ids.len() }),
        };
        let hand = Hand::new(self.letters.clone(), IN_HAND);
        let redriven = self.redrive(&hand, queue, most, only).await;
        hand.put_back().await;
        Ok(redriven?)
    }

    async fn redrive(
        &self,
        hand: &Hand,
        queue: DeadQueue,
        most: usize,
        only: Option<&BTreeSet<RequestId>>,
    ) -> Result<Redriven, PortError> {
        let (taken, all) = hand.up_to(queue, most).await?;
        let looked_at = taken.len();
        let meant = |letter: &HeldLetter| only.is_none_or(|ids| is_about(queue, letter, ids));
        let meant = taken.into_iter().filter(meant).map(|letter| async {
            let sent = self.one(queue, &letter).await;
            (letter, sent)
        });
        let outcomes: Vec<_> = stream::iter(meant).buffered(AT_ONCE).collect().await;
        let (mut gone, mut problem) = (vec![], None);
        for (letter, sent) in outcomes {
            match sent {
                Ok(()) => gone.push(letter),
                Err(error) => {
                    tracing::warn!(error = causes(&error), "a letter stays dead");
                    problem.get_or_insert_with(|| words(queue, &letter, &error));
                }
            }
        }
        hand.remove(queue, &gone).await?;
        Ok(Redriven {
            redriven: gone.len(),
            left: looked_at - gone.len(),
            problem,
            more: !all,
        })
    }

    /// Whoever reads a message may know more than this process: another release, or that its task is
    /// to be announced once more. So what there is nothing to be done about is sent as it is.
    async fn one(&self, queue: DeadQueue, letter: &HeldLetter) -> Result<(), NotSent> {
        match self.redrive.run(queue, &letter.body).await {
            Ok(Sent::Task(_) | Sent::Message) => Ok(()),
            Ok(Sent::Settled(_))
            | Err(NotSent::Unreadable(_) | NotSent::Task(RetryTaskError::NotFound(_))) => {
                Ok(self.redrive.as_it_is(queue, &letter.body).await?)
            }
            Err(error) => Err(error),
        }
    }
}

fn task_of(queue: DeadQueue, letter: &HeldLetter) -> Option<RequestId> {
    let about = wire::queue::about(queue, &letter.body).ok()?;
    about.task().map(|(_, id)| id)
}

fn is_about(queue: DeadQueue, letter: &HeldLetter, ids: &BTreeSet<RequestId>) -> bool {
    task_of(queue, letter).is_some_and(|id| ids.contains(&id))
}

/// What an operator is told of a letter that stays.
fn words(queue: DeadQueue, letter: &HeldLetter, error: &NotSent) -> String {
    match (error, task_of(queue, letter)) {
        (NotSent::Task(error), Some(id)) => format!("{id}: {error}"),
        _ => error.to_string(),
    }
}
