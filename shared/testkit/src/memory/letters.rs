//! Dead letters in memory, and the queues that they go back to.

use async_trait::async_trait;
use domain::TenantId;
use domain::dead_letters::{DeadQueue, HeldLetter};
use domain::ports::{DeadLetter, DeadLetters, PortError, SourceQueues};
use time::Duration;

use super::{Faults, Kept};
use crate::build::NOW;

/// Most letters of one call, as SQS has it.
const MOST_AT_ONCE: usize = 10;

/// A letter, and whether somebody has it in hand.
#[derive(Debug)]
struct Buried {
    queue: DeadQueue,
    letter: HeldLetter,
    in_hand: bool,
}

/// Keeps dead letters. Calls are named `letters.take`, `.put_back`, `.remove`. A hand keeps its
/// letters until it puts them back, or the test lets them go.
#[derive(Debug, Default)]
pub struct MemoryBuriedLetters {
    buried: Kept<Vec<Buried>>,
    faults: Faults,
}

impl MemoryBuriedLetters {
    /// There are none.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Adds a letter that has not been taken yet.
    pub fn put(&self, queue: DeadQueue, letter: HeldLetter) {
        self.buried.lock().push(Buried {
            queue,
            letter: HeldLetter {
                receives: 0,
                ..letter
            },
            in_hand: false,
        });
    }

    /// Buries a message, as its function does; as the queue does where the reason is empty.
    pub fn bury(&self, queue: DeadQueue, letter: &DeadLetter) {
        let said = Some(letter).filter(|letter| !letter.reason.is_empty());
        let number = self.buried.lock().len() + 1;
        let buried = HeldLetter {
            id: format!("letter-{number}"),
            receipt: String::new(),
            body: letter.body.clone(),
            reason: said.map(|letter| letter.reason.clone()),
            original_id: said.map(|letter| letter.message_id.clone()),
            sent_at: NOW,
            receives: 0,
        };
        self.put(queue, buried);
    }

    /// The ids of all letters that nobody has in hand.
    pub fn lying(&self, queue: DeadQueue) -> Vec<String> {
        self.ids(queue, false)
    }

    /// The ids of all letters that somebody has in hand.
    pub fn hands(&self, queue: DeadQueue) -> Vec<String> {
        self.ids(queue, true)
    }

    fn ids(&self, queue: DeadQueue, in_hand: bool) -> Vec<String> {
        let buried = self.buried.lock();
        let meant = buried
            .iter()
            .filter(|one| one.queue == queue && one.in_hand == in_hand);
        meant.map(|one| one.letter.id.clone()).collect()
    }

    /// The time of every hand is over.
    pub fn let_go(&self) {
        for one in self.buried.lock().iter_mut() {
            one.in_hand = false;
        }
    }
}

#[async_trait]
impl DeadLetters for MemoryBuriedLetters {
    async fn take(
        &self,
        queue: DeadQueue,
        most: usize,
        _: Duration,
    ) -> Result<Vec<HeldLetter>, PortError> {
        let take = || {
            let mut buried = self.buried.lock();
            let lying = buried
                .iter_mut()
                .filter(|one| one.queue == queue && !one.in_hand);
            let taken = lying.take(most.min(MOST_AT_ONCE)).map(|one| {
                one.in_hand = true;
                one.letter.receives += 1;
                let HeldLetter { id, receives, .. } = &one.letter;
                one.letter.receipt = format!("{id}/{receives}");
                one.letter.clone()
            });
            Ok(taken.collect())
        };
        self.faults.around("letters.take", take).await
    }

    /// A receipt is good until the letter is taken once more.
    async fn put_back(&self, queue: DeadQueue, receipts: &[String]) -> Result<(), PortError> {
        let put_back = || {
            for one in self.buried.lock().iter_mut() {
                if one.queue == queue && receipts.contains(&one.letter.receipt) {
                    one.in_hand = false;
                }
            }
            Ok(())
        };
        self.faults.around("letters.put_back", put_back).await
    }

    async fn remove(&self, queue: DeadQueue, receipts: &[String]) -> Result<(), PortError> {
        let remove = || {
            let named = |one: &Buried| receipts.contains(&one.letter.receipt);
            let mut buried = self.buried.lock();
            buried.retain(|one| one.queue != queue || !named(one));
            Ok(())
        };
        self.faults.around("letters.remove", remove).await
    }
}

/// A body, where it was sent, and as whose message.
pub type SentAgain = (DeadQueue, String, Option<TenantId>);

/// Takes bodies to nobody. The call is named `sources.send_again`.
#[derive(Debug, Default)]
pub struct MemorySourceQueues {
    sent: Kept<Vec<SentAgain>>,
    faults: Faults,
}

impl MemorySourceQueues {
    /// Empty queues.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Takes everything that was sent since the last time.
    pub fn take(&self) -> Vec<SentAgain> {
        std::mem::take(&mut self.sent.lock())
    }
}

#[async_trait]
impl SourceQueues for MemorySourceQueues {
    async fn send(
        &self,
        queue: DeadQueue,
        body: &str,
        tenant: Option<&TenantId>,
    ) -> Result<(), PortError> {
        let send = || {
            let sent = (queue, body.to_owned(), tenant.cloned());
            self.sent.lock().push(sent);
            Ok(())
        };
        self.faults.around("sources.send_again", send).await
    }
}
