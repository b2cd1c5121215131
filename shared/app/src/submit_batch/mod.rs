//! Takes many tasks on at once, each on its own.

mod screen;

use std::collections::BTreeMap;

use domain::Identity;
use domain::ports::{Job, PortError};
use futures::stream::{self, StreamExt};

use screen::Screened;

use crate::submit_task::{SubmitTask, SubmitTaskError, Submitted, Taken, TaskRequest};

/// Most tasks in one batch.
pub const MOST_TASKS: usize = 100;

/// How many are stored at the same time.
const AT_ONCE: usize = 25;

/// Takes batches of tasks on.
#[derive(Clone)]
pub struct SubmitBatch {
    /// Takes one on.
    pub submit_task: SubmitTask,
}

/// What became of one task.
pub type Outcome = Result<Submitted, SubmitTaskError>;

/// Why nothing of a batch was taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubmitBatchError {
    /// There is nothing in it.
    #[error("a batch holds 1 to {MOST_TASKS} tasks, this one none")]
    Empty,
    /// There is too much in it.
    #[error("a batch holds at most {MOST_TASKS} tasks, this one {count}; send them in several")]
    TooMany {
        /// How many there are.
        count: usize,
    },
}

/// Whether a batch has a size that is taken.
pub fn check_size(count: usize) -> Result<(), SubmitBatchError> {
    match count {
        0 => Err(SubmitBatchError::Empty),
        1..=MOST_TASKS => Ok(()),
        _ => Err(SubmitBatchError::TooMany { count }),
    }
}

/// Tasks of a batch with their places.
type Placed<T> = Vec<(usize, T)>;

impl SubmitBatch {
    /// Stores all that can be and that the tenant may still submit, then asks for those to be run, and gives one outcome for each, in
    /// their order. What is wrong with one is of no concern to the others.
    ///
    /// Where a key comes twice, the first task with it counts.
    pub async fn run(
        &self,
        caller: &Identity,
        requests: Vec<TaskRequest>,
    ) -> Result<Vec<Outcome>, SubmitBatchError> {
        check_size(requests.len())?;
        let screened = self.screen(caller, requests).await;
        let taken = self.take_all(caller, screened).await;
        let mut unsent = self.send_all(&taken).await;
        let sent = (0..taken.len()).map(|place| unsent.remove(&place).map_or(Ok(()), Err));
        let sent: Vec<_> = sent.collect();
        let settling = taken.into_iter().zip(sent);
        let settling =
            settling.map(async |(taken, sent)| self.submit_task.settle(taken?, sent).await);
        Ok(stream::iter(settling).buffered(AT_ONCE).collect().await)
    }

    async fn take_all(
        &self,
        caller: &Identity,
        screened: Screened,
    ) -> Vec<Result<Taken, SubmitTaskError>> {
        let (passed, refused) = screened;
        let taking = apart(passed).into_iter().map(async |same_key| {
            let mut taken: Placed<_> = vec![];
            for (place, request) in same_key {
                taken.push((place, self.submit_task.take(caller, request).await));
            }
            taken
        });
        let taken = stream::iter(taking).buffer_unordered(AT_ONCE);
        let mut taken: Placed<_> = taken.map(stream::iter).flatten().collect().await;
        taken.extend(
            refused
                .into_iter()
                .map(|(place, error)| (place, Err(error))),
        );
        taken.sort_unstable_by_key(|(place, _)| *place);
        taken.into_iter().map(|(_, outcome)| outcome).collect()
    }

    /// Why tasks that need a message did not get one, by their places.
    async fn send_all(
        &self,
        taken: &[Result<Taken, SubmitTaskError>],
    ) -> BTreeMap<usize, PortError> {
        let (mut places, mut jobs) = (vec![], vec![]);
        for (place, taken) in taken.iter().enumerate() {
            let now = self.submit_task.clock.now();
            if let Some(taken) = taken.as_ref().ok().filter(|taken| taken.needs_message(now)) {
                places.push(place);
                jobs.push(Job::from(&taken.task));
            }
        }
        let sent = self.submit_task.send_all(&jobs).await;
        let failed = places.into_iter().zip(sent);
        failed
            .filter_map(|(place, outcome)| Some((place, outcome.err()?)))
            .collect()
    }
}

/// Requests that can be stored side by side: those with the same key stay together, in order.
fn apart(requests: Placed<TaskRequest>) -> Vec<Placed<TaskRequest>> {
    let mut places = BTreeMap::new();
    let mut groups: Vec<Placed<TaskRequest>> = vec![];
    for (place, request) in requests {
        let group = match request.idempotency_key.clone() {
            Some(key) => *places.entry(key).or_insert(groups.len()),
            None => groups.len(),
        };
        if group == groups.len() {
            groups.push(vec![]);
        }
        groups[group].push((place, request));
    }
    groups
}

#[cfg(test)]
mod tests;
