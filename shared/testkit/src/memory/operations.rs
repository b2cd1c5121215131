//! What those who run the service look at, in memory.

use async_trait::async_trait;
use domain::dead_letters::{BuriedLetter, DeadQueue};
use domain::feed::Posting;
use domain::operations::{QueueDepth, QueueName};
use domain::ports::{DeadLetter, DeadLetters, PortError, Postings, QueueDepths};

use super::{Faults, Kept};
use crate::build::NOW;

/// Queues that are as full as a test says. The call is named `queues.depths`.
#[derive(Debug, Default)]
pub struct MemoryQueueDepths {
    depths: Kept<Vec<QueueDepth>>,
    faults: Faults,
}

impl MemoryQueueDepths {
    /// All are empty.
    pub fn new(faults: &Faults) -> Self {
        Self {
            depths: Kept::default(),
            faults: faults.clone(),
        }
    }

    /// One more message waits in a queue.
    pub fn send(&self, name: QueueName) {
        self.change(name, |depth| depth.visible += 1);
    }

    /// One more dead letter of a queue waits for a person.
    pub fn bury(&self, name: QueueName) {
        self.change(name, |depth| depth.dead += 1);
    }

    fn change(&self, name: QueueName, change: impl Fn(&mut QueueDepth)) {
        let mut depths = self.depths.lock();
        let mut depth = depth(&depths, name);
        change(&mut depth);
        depths.retain(|known| known.name != name);
        depths.push(depth);
    }
}

fn depth(depths: &[QueueDepth], name: QueueName) -> QueueDepth {
    let known = depths.iter().find(|depth| depth.name == name);
    known.copied().unwrap_or(QueueDepth {
        name,
        visible: 0,
        in_flight: 0,
        delayed: 0,
        dead: 0,
    })
}

#[async_trait]
impl QueueDepths for MemoryQueueDepths {
    async fn depths(&self) -> Result<Vec<QueueDepth>, PortError> {
        let depths = || {
            let known = self.depths.lock();
            Ok(QueueName::ALL.map(|name| depth(&known, name)).to_vec())
        };
        self.faults.around("queues.depths", depths).await
    }
}

/// A letter, and whether somebody has it in hand.
#[derive(Debug)]
struct Buried {
    queue: DeadQueue,
    letter: BuriedLetter,
    in_hand: bool,
}

/// Keeps dead letters. Calls are named `letters.take`, `.put_back`, `.send_again` (for each letter),
/// `.remove`. A hand keeps its letters until it puts them back.
#[derive(Debug, Default)]
pub struct MemoryBuriedLetters {
    buried: Kept<Vec<Buried>>,
    sent: Kept<Vec<(DeadQueue, String)>>,
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

    /// Buries a letter, as a test's preparation; without a reason where that is empty.
    pub fn bury(&self, queue: DeadQueue, letter: &DeadLetter) {
        let mut buried = self.buried.lock();
        let number = buried.len() + 1;
        buried.push(Buried {
            queue,
            letter: BuriedLetter {
                message_id: format!("letter-{number}"),
                body: letter.body.clone(),
                reason: Some(letter.reason.clone()).filter(|reason| !reason.is_empty()),
                since: NOW,
                receipt: format!("receipt-{number}"),
            },
            in_hand: false,
        });
    }

    /// The ids of all letters that nobody has in hand.
    pub fn lying(&self, queue: DeadQueue) -> Vec<String> {
        let buried = self.buried.lock();
        let lying = buried
            .iter()
            .filter(|one| one.queue == queue && !one.in_hand);
        lying.map(|one| one.letter.message_id.clone()).collect()
    }

    /// The ids of all letters that somebody has in hand.
    pub fn hands(&self, queue: DeadQueue) -> Vec<String> {
        let buried = self.buried.lock();
        let held = buried
            .iter()
            .filter(|one| one.queue == queue && one.in_hand);
        held.map(|one| one.letter.message_id.clone()).collect()
    }

    /// The time of every hand is over.
    pub fn let_go(&self) {
        for one in self.buried.lock().iter_mut() {
            one.in_hand = false;
        }
    }

    /// Takes the bodies that were sent again since the last time.
    pub fn take_sent(&self) -> Vec<(DeadQueue, String)> {
        std::mem::take(&mut self.sent.lock())
    }
}

#[async_trait]
impl DeadLetters for MemoryBuriedLetters {
    async fn take(&self, queue: DeadQueue, most: usize) -> Result<Vec<BuriedLetter>, PortError> {
        let take = || {
            let mut buried = self.buried.lock();
            let lying = buried
                .iter_mut()
                .filter(|one| one.queue == queue && !one.in_hand);
            let taken = lying.take(most).map(|one| {
                one.in_hand = true;
                one.letter.clone()
            });
            Ok(taken.collect())
        };
        self.faults.around("letters.take", take).await
    }

    async fn put_back(&self, queue: DeadQueue, letters: &[BuriedLetter]) -> Result<(), PortError> {
        let put_back = || {
            for one in self.buried.lock().iter_mut() {
                if one.queue == queue && letters.contains(&one.letter) {
                    one.in_hand = false;
                }
            }
            Ok(())
        };
        self.faults.around("letters.put_back", put_back).await
    }

    async fn send_again(
        &self,
        queue: DeadQueue,
        letters: &[BuriedLetter],
    ) -> Vec<Result<(), PortError>> {
        let mut outcomes = vec![];
        for letter in letters {
            let send = || {
                self.sent.lock().push((queue, letter.body.clone()));
                Ok(())
            };
            outcomes.push(self.faults.around("letters.send_again", send).await);
        }
        outcomes
    }

    async fn remove(&self, queue: DeadQueue, letters: &[BuriedLetter]) -> Result<(), PortError> {
        let remove = || {
            let mut buried = self.buried.lock();
            buried.retain(|one| one.queue != queue || !letters.contains(&one.letter));
            Ok(())
        };
        self.faults.around("letters.remove", remove).await
    }
}

/// Takes postings to nobody. The call is named `postings.send`.
#[derive(Debug, Default)]
pub struct MemoryPostings {
    sent: Kept<Vec<Posting>>,
    faults: Faults,
}

impl MemoryPostings {
    /// An empty queue.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Takes everything that was sent since the last time.
    pub fn take(&self) -> Vec<Posting> {
        std::mem::take(&mut self.sent.lock())
    }
}

#[async_trait]
impl Postings for MemoryPostings {
    async fn send(&self, posting: &Posting) -> Result<(), PortError> {
        let send = || {
            self.sent.lock().push(posting.clone());
            Ok(())
        };
        self.faults.around("postings.send", send).await
    }
}
