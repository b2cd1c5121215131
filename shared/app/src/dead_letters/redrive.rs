//! Sends dead letters on their way again.
//!
//! A message of a task that has ended does nothing any more. So a letter about a task that failed or
//! timed out has the task run again, as its tenant would, and every other letter is sent as it is to
//! the queue that it came from. Only then is it removed: whatever breaks off in between, it is
//! redriven at least once.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::dead_letters::{BuriedLetter, DeadQueue};
use domain::ports::{DeadLetters, PortError, TaskStore};
use domain::{RequestId, Status, causes};
use futures::stream::{self, StreamExt as _};

use super::{about, put_back};
use crate::RetryTask;
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
    /// What they are about.
    pub tasks: Arc<dyn TaskStore>,
    /// Runs a task again.
    pub retry: RetryTask,
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

/// Why one letter stays.
#[derive(Debug, thiserror::Error)]
enum Stays {
    #[error("{0}: {1}")]
    Task(RequestId, RetryTaskError),
    #[error(transparent)]
    Store(#[from] PortError),
}

/// What is done with a letter.
enum Way {
    /// Its task runs again.
    Retried,
    /// It is to be sent as it is.
    AsItIs,
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
        let taken = self.letters.take(queue, most).await?;
        let more = taken.len() == most;
        let wanted = |letter: &BuriedLetter| match (only, about(queue, &letter.body)) {
            (None, _) => true,
            (Some(ids), Some((_, id))) => ids.contains(&id),
            (Some(_), None) => false,
        };
        let (chosen, mut staying): (Vec<_>, Vec<_>) = taken.into_iter().partition(wanted);
        let (gone, problems) = self.send(queue, chosen, &mut staying).await;
        put_back(self.letters.as_ref(), queue, &staying).await;
        self.letters.remove(queue, &gone).await?;
        Ok(Redriven {
            redriven: gone.len(),
            left: staying.len(),
            problem: problems.first().map(ToString::to_string),
            more,
        })
    }

    /// The letters that are on their way again; the others join those that stay.
    async fn send(
        &self,
        queue: DeadQueue,
        chosen: Vec<BuriedLetter>,
        staying: &mut Vec<BuriedLetter>,
    ) -> (Vec<BuriedLetter>, Vec<Stays>) {
        let ways = chosen.into_iter().map(|letter| async {
            let way = self.way(queue, &letter).await;
            (letter, way)
        });
        let ways: Vec<_> = stream::iter(ways).buffered(AT_ONCE).collect().await;
        let (mut gone, mut problems, mut plain) = (vec![], vec![], vec![]);
        for (letter, way) in ways {
            match way {
                Ok(Way::Retried) => gone.push(letter),
                Ok(Way::AsItIs) => plain.push(letter),
                Err(problem) => {
                    tracing::warn!(error = causes(&problem), "a letter stays dead");
                    problems.push(problem);
                    staying.push(letter);
                }
            }
        }
        let sent = self.letters.send_again(queue, &plain).await;
        for (letter, sent) in plain.into_iter().zip(sent) {
            match sent {
                Ok(()) => gone.push(letter),
                Err(error) => {
                    problems.push(error.into());
                    staying.push(letter);
                }
            }
        }
        (gone, problems)
    }

    async fn way(&self, queue: DeadQueue, letter: &BuriedLetter) -> Result<Way, Stays> {
        let (DeadQueue::Work, Some((tenant, id))) = (queue, about(queue, &letter.body)) else {
            return Ok(Way::AsItIs);
        };
        let status = self
            .tasks
            .load(&tenant, id)
            .await?
            .map(|task| task.status());
        let Some(Status::Failed | Status::TimedOut) = status else {
            return Ok(Way::AsItIs);
        };
        match self.retry.run(&tenant, id).await {
            Ok(_) => Ok(Way::Retried),
            // Somebody else was faster.
            Err(RetryTaskError::NotRetriable(_)) => Ok(Way::AsItIs),
            Err(error) => Err(Stays::Task(id, error)),
        }
    }
}
