//! Letters in hand. Whatever is taken up is either removed or put back; what a killed process held is
//! seen again by itself when its time is over.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::causes;
use domain::dead_letters::{DeadQueue, HeldLetter};
use domain::ports::{DeadLetters, PortError};
use time::Duration;

/// Takes letters up, and knows which it has.
pub struct Hand {
    letters: Arc<dyn DeadLetters>,
    hold: Duration,
    held: Mutex<Held>,
}

/// The newest receipts by queue and letter: an older one may be good no more.
type Held = HashMap<DeadQueue, HashMap<String, String>>;

impl Hand {
    /// Nothing in hand yet. Nobody else gets what is taken for this long.
    pub fn new(letters: Arc<dyn DeadLetters>, hold: Duration) -> Self {
        Self {
            letters,
            hold,
            held: Mutex::default(),
        }
    }

    /// Takes up letters of a queue that are not in hand yet, at most `most`; none at the end.
    pub async fn next(&self, queue: DeadQueue, most: usize) -> Result<Vec<HeldLetter>, PortError> {
        let mut seen_again = 0;
        loop {
            let mut taken = self.letters.take(queue, most, self.hold).await?;
            if taken.is_empty() {
                return Ok(taken);
            }
            seen_again += taken.len();
            let mut all = self.held();
            let held = all.entry(queue).or_default();
            taken.retain(|letter| {
                let known = held.insert(letter.id.clone(), letter.receipt.clone());
                known.is_none()
            });
            // Letters whose time was over while we went on come a second time: once round, nothing is
            // new.
            if !taken.is_empty() || seen_again > held.len() {
                return Ok(taken);
            }
        }
    }

    /// Takes up letters until there are so many or no more, and tells whether there are no more.
    pub async fn up_to(
        &self,
        queue: DeadQueue,
        most: usize,
    ) -> Result<(Vec<HeldLetter>, bool), PortError> {
        let mut letters = Vec::new();
        while letters.len() < most {
            let next = self.next(queue, most - letters.len()).await?;
            if next.is_empty() {
                return Ok((letters, true));
            }
            letters.extend(next);
        }
        Ok((letters, false))
    }

    /// Removes letters in hand for good.
    pub async fn remove(&self, queue: DeadQueue, letters: &[HeldLetter]) -> Result<(), PortError> {
        let receipts: Vec<_> = {
            let all = self.held();
            let held = all.get(&queue);
            let newest = |letter: &HeldLetter| held?.get(&letter.id).cloned();
            let receipt = |letter| newest(letter).unwrap_or_else(|| letter.receipt.clone());
            letters.iter().map(receipt).collect()
        };
        self.letters.remove(queue, &receipts).await?;
        if let Some(held) = self.held().get_mut(&queue) {
            held.retain(|id, _| !letters.iter().any(|letter| letter.id == *id));
        }
        Ok(())
    }

    /// Puts back what is in hand. Where that fails letters come back by themselves a little later.
    pub async fn put_back(&self) {
        let held = std::mem::take(&mut *self.held());
        for (queue, letters) in held {
            let receipts: Vec<_> = letters.into_values().collect();
            if let Err(error) = self.letters.put_back(queue, &receipts).await {
                tracing::warn!(error = causes(&error), "dead letters stay in hand");
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::ports::DeadLetter;
    use testkit::memory::{Faults, MemoryBuriedLetters};

    use super::*;

    const QUEUE: DeadQueue = DeadQueue::Updates;

    fn buried(count: usize) -> (Hand, Arc<MemoryBuriedLetters>) {
        let letters = Arc::new(MemoryBuriedLetters::new(&Faults::default()));
        for number in 0..count {
            letters.bury(
                QUEUE,
                &DeadLetter {
                    body: number.to_string(),
                    message_id: "original".into(),
                    reason: "unreadable_message: ?".into(),
                },
            );
        }
        (Hand::new(letters.clone(), Duration::MINUTE), letters)
    }

    /// As where a queue is larger than what can be looked at while letters are hidden.
    #[tokio::test]
    async fn letters_that_come_a_second_time_are_no_new_ones() {
        let (hand, letters) = buried(30);
        let (twenty, all) = hand.up_to(QUEUE, 20).await.unwrap();
        assert_eq!((twenty.len(), all), (20, false));
        letters.let_go();
        let (others, all) = hand.up_to(QUEUE, 100).await.unwrap();
        assert_eq!((others.len(), all), (10, true));
        assert_eq!(letters.hands(QUEUE).len(), 30);
        hand.remove(QUEUE, &twenty).await.unwrap();
        hand.put_back().await;
        assert_eq!(letters.hands(QUEUE), [""; 0]);
        assert_eq!(letters.lying(QUEUE).len(), 10);
    }
}
