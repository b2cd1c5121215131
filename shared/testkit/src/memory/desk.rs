//! Dead letters in memory, and the queues that they go back to.

use async_trait::async_trait;
use domain::TenantId;
use domain::ports::{
    DeadLetter, DeadLetterDesk, DeadLetterQueue, HeldLetter, PortError, SourceQueue,
};
use time::Duration;

use super::{Faults, Kept};
use crate::build::NOW;

/// Keeps dead letters until they are destroyed. The calls are named `desk.bury`, `desk.receive`,
/// `desk.give_back` and `desk.destroy`.
#[derive(Debug, Default)]
pub struct MemoryDesk {
    letters: Kept<Vec<Shelved>>,
    faults: Faults,
}

#[derive(Debug, Clone)]
struct Shelved {
    letter: HeldLetter,
    hidden: bool,
}

impl MemoryDesk {
    /// No letters.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Adds a letter.
    pub fn put(&self, letter: HeldLetter) {
        let hidden = false;
        self.letters.lock().push(Shelved { letter, hidden });
    }

    /// Ends the time for which letters are hidden, as it ends when nobody gives them back.
    pub fn show_all(&self) {
        for shelved in self.letters.lock().iter_mut() {
            shelved.hidden = false;
        }
    }

    /// The ids of all letters, with whether somebody has them in hand.
    pub fn all(&self) -> Vec<(String, bool)> {
        let letters = self.letters.lock();
        let all = letters
            .iter()
            .map(|one| (one.letter.id.clone(), one.hidden));
        all.collect()
    }

    /// A receipt is good until the letter is received once more.
    fn change(&self, receipt: &str, change: impl FnOnce(&mut Vec<Shelved>, usize)) {
        let mut letters = self.letters.lock();
        let place = letters.iter().position(|one| one.letter.receipt == receipt);
        if let Some(place) = place {
            change(&mut letters, place);
        }
    }
}

#[async_trait]
impl DeadLetterQueue for MemoryDesk {
    async fn bury(&self, letter: &DeadLetter) -> Result<(), PortError> {
        let bury = || {
            let number = self.letters.lock().len() + 1;
            self.put(HeldLetter {
                id: format!("letter-{number}"),
                receipt: String::new(),
                body: letter.body.clone(),
                reason: Some(letter.reason.clone()),
                original_id: Some(letter.message_id.clone()),
                sent_at: NOW,
                receives: 0,
            });
            Ok(())
        };
        self.faults.around("desk.bury", bury).await
    }
}

#[async_trait]
impl DeadLetterDesk for MemoryDesk {
    async fn receive(&self, most: usize, _: Duration) -> Result<Vec<HeldLetter>, PortError> {
        let receive = || {
            let mut letters = self.letters.lock();
            let shown = letters.iter_mut().filter(|one| !one.hidden).take(most);
            let taken = shown.map(|one| {
                one.hidden = true;
                one.letter.receives += 1;
                let HeldLetter { id, receives, .. } = &one.letter;
                one.letter.receipt = format!("{id}/{receives}");
                one.letter.clone()
            });
            Ok(taken.collect())
        };
        self.faults.around("desk.receive", receive).await
    }

    async fn give_back(&self, receipt: &str) -> Result<(), PortError> {
        let give_back = || {
            self.change(receipt, |letters, place| letters[place].hidden = false);
            Ok(())
        };
        self.faults.around("desk.give_back", give_back).await
    }

    async fn destroy(&self, receipt: &str) -> Result<(), PortError> {
        let destroy = || {
            self.change(receipt, |letters, place| drop(letters.remove(place)));
            Ok(())
        };
        self.faults.around("desk.destroy", destroy).await
    }
}

/// Takes bodies to nobody. The call is named `source.send`.
#[derive(Debug, Default)]
pub struct MemorySource {
    sent: Kept<Vec<(String, Option<TenantId>)>>,
    faults: Faults,
}

impl MemorySource {
    /// An empty queue.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Takes everything that was sent since the last time.
    pub fn take(&self) -> Vec<(String, Option<TenantId>)> {
        std::mem::take(&mut self.sent.lock())
    }
}

#[async_trait]
impl SourceQueue for MemorySource {
    async fn send(&self, body: &str, tenant: Option<&TenantId>) -> Result<(), PortError> {
        let send = || {
            self.sent.lock().push((body.to_owned(), tenant.cloned()));
            Ok(())
        };
        self.faults.around("source.send", send).await
    }
}
