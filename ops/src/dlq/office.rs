//! Where dead letters are looked at. Whatever is taken up is either destroyed or given back; what a
//! killed program held is seen again by itself when the time is over for which it was hidden.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::RedriveTask;
use domain::ports::{Clock, PortError, TaskStore};
use domain::{Task, causes};
use futures::future::join_all;
use futures::stream::{self, StreamExt as _};
use time::Duration;

use super::filter::Filter;
use super::letter::{About, Letter};
use super::queue::{Queue, QueueName};

/// How long letters are hidden from others while they are looked at. Long enough to go through a
/// queue and to send what was taken up together; whoever waits for a killed tool waits as long.
pub const HIDDEN: Duration = Duration::minutes(2);

/// Letters taken up together, as many as SQS gives at once.
pub const TOGETHER: usize = 10;

/// Calls at once.
const AT_ONCE: usize = 16;

/// Where dead letters are looked at.
pub struct Office {
    /// The queues.
    pub queues: Vec<Queue>,
    /// Where tasks are.
    pub tasks: Arc<dyn TaskStore>,
    /// Sends tasks on their way.
    pub redrive: RedriveTask,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// What is in hand.
    hands: Hands,
}

/// Receipts by queue and letter.
type Held = HashMap<(QueueName, String), String>;

#[derive(Default)]
struct Hands(Mutex<Held>);

impl Hands {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Office {
    /// Nothing in hand yet.
    pub fn new(
        queues: Vec<Queue>,
        tasks: Arc<dyn TaskStore>,
        redrive: RedriveTask,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            queues,
            tasks,
            redrive,
            clock,
            hands: Hands::default(),
        }
    }

    /// The queues that a filter can mean.
    pub fn queues_of(&self, filter: &Filter) -> impl Iterator<Item = &Queue> {
        let wanted = filter.queue;
        let meant = move |queue: &&Queue| wanted.is_none_or(|wanted| wanted == queue.name);
        self.queues.iter().filter(meant)
    }

    /// Takes up the next letters of a queue that are not in hand yet; none at the end.
    pub async fn next(&self, queue: &Queue, most: usize) -> Result<Vec<Letter>, PortError> {
        let mut seen_again = 0;
        loop {
            let received = queue.desk.receive(most, HIDDEN).await?;
            if received.is_empty() {
                return Ok(Vec::new());
            }
            seen_again += received.len();
            let mut fresh = Vec::new();
            for held in received {
                let key = (queue.name, held.id.clone());
                let known = self.hands.lock().insert(key, held.receipt.clone());
                if known.is_none() {
                    fresh.push(held);
                }
            }
            let letters = stream::iter(fresh).map(|held| async {
                let task = self.task_of(queue.name, &held.body).await?;
                Ok(Letter::new(queue.name, held, task))
            });
            let letters: Vec<Result<Letter, PortError>> = letters.buffered(AT_ONCE).collect().await;
            let letters: Vec<Letter> = letters.into_iter().collect::<Result<_, _>>()?;
            // Letters whose time was over while we went on come a second time: once round, nothing is new.
            if !letters.is_empty() || seen_again > self.hands.lock().len() {
                return Ok(letters);
            }
        }
    }

    /// Every letter that a filter means, at most so many of each queue looked at, and whether that
    /// were all. They stay in hand.
    pub async fn all(
        &self,
        filter: &Filter,
        most: usize,
    ) -> Result<(Vec<Letter>, bool), PortError> {
        let queues = self.queues_of(filter).map(|queue| async move {
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
        found.sort_by(|a, b| {
            let place = |letter: &Letter| (letter.queue, letter.held.sent_at);
            place(a).cmp(&place(b))
        });
        Ok((found, complete))
    }

    /// Removes a letter in hand for good.
    pub async fn destroy(&self, letter: &Letter) -> Result<(), PortError> {
        let key = (letter.queue, letter.held.id.clone());
        let receipt = self.hands.lock().get(&key).cloned();
        // The newest receipt: an older one may be good no more.
        let receipt = receipt.unwrap_or_else(|| letter.held.receipt.clone());
        if let Some(queue) = self.queue(letter.queue) {
            queue.desk.destroy(&receipt).await?;
        }
        self.hands.lock().remove(&key);
        Ok(())
    }

    /// Gives back what is in hand. Where that fails letters come back by themselves.
    pub async fn give_back(&self) {
        let held = std::mem::take(&mut *self.hands.lock());
        let calls = held.into_iter().map(|((name, _), receipt)| async move {
            if let Some(queue) = self.queue(name)
                && let Err(error) = queue.desk.give_back(&receipt).await
            {
                tracing::debug!(error = causes(&error), "a letter comes back by itself");
            }
        });
        stream::iter(calls)
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<()>>()
            .await;
    }

    pub(super) fn queue(&self, name: QueueName) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.name == name)
    }

    async fn task_of(&self, queue: QueueName, body: &str) -> Result<Option<Box<Task>>, PortError> {
        match About::read(queue, body) {
            Ok(About {
                tenant: Some(tenant),
                request_id: Some(id),
                ..
            }) => Ok(self.tasks.load(&tenant, id).await?.map(Box::new)),
            _ => Ok(None),
        }
    }
}
