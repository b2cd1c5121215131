//! The contract of [`DeadLetters`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::dead_letters::{BuriedLetter, DeadQueue};
use domain::ports::{DeadLetter, DeadLetters};

/// Tries after which everything must have arrived.
const MOST_TRIES: usize = 20;

/// The whole contract, in one queue of dead letters that nobody else uses. `bury` puts a letter there
/// (without a reason where that is empty), `arrived` takes the bodies that have come to the queue
/// that they are from; it may wait a little.
pub async fn all(
    letters: &dyn DeadLetters,
    queue: DeadQueue,
    bury: impl AsyncFn(&DeadLetter),
    arrived: impl AsyncFn() -> Vec<String>,
) {
    nothing_is_nothing(letters, queue).await;
    what_is_taken_is_whole_and_nobody_elses(letters, queue, &bury).await;
    what_is_put_back_can_be_taken_again(letters, queue).await;
    what_is_sent_again_arrives_and_stays_in_hand(letters, queue, &arrived).await;
    what_is_removed_is_gone(letters, queue).await;
}

fn buried() -> Vec<DeadLetter> {
    let letter = |number: usize| DeadLetter {
        body: format!("{{\"n\": {number}, \"größe\": \"\u{1f600}\"}}"),
        message_id: "0e9f4f7e-5a26-4d0e-9d3c-3f5b8b1c2d4e".into(),
        reason: match number {
            0 => String::new(),
            _ => format!("unreadable_message: number {number}"),
        },
    };
    (0..23).map(letter).collect()
}

/// Takes letters until there are so many: a queue may hand them out in parts.
async fn take(letters: &dyn DeadLetters, queue: DeadQueue, count: usize) -> Vec<BuriedLetter> {
    let mut taken = vec![];
    for _ in 0..MOST_TRIES {
        let more = letters.take(queue, count - taken.len()).await;
        taken.extend(more.unwrap());
        if taken.len() == count {
            break;
        }
    }
    assert_eq!(taken.len(), count);
    taken
}

/// Of no letters.
pub async fn nothing_is_nothing(letters: &dyn DeadLetters, queue: DeadQueue) {
    assert_eq!(letters.take(queue, 100).await.unwrap(), []);
    letters.put_back(queue, &[]).await.unwrap();
    letters.remove(queue, &[]).await.unwrap();
    assert!(letters.send_again(queue, &[]).await.is_empty());
}

/// More letters than one call brings; each is in one hand.
pub async fn what_is_taken_is_whole_and_nobody_elses(
    letters: &dyn DeadLetters,
    queue: DeadQueue,
    bury: &impl AsyncFn(&DeadLetter),
) {
    let buried = buried();
    for letter in &buried {
        bury(letter).await;
    }
    let few = take(letters, queue, 2).await;
    let others = take(letters, queue, buried.len() - 2).await;
    let left = letters.take(queue, 100).await.unwrap();
    assert_eq!(left, [], "all are in hand");
    let taken = [few, others].concat();
    for letter in &buried {
        let found = taken.iter().find(|one| one.body == letter.body).unwrap();
        let reason = Some(letter.reason.clone()).filter(|reason| !reason.is_empty());
        assert_eq!(found.reason, reason);
        assert!(found.since.year() >= 2026);
    }
    letters.put_back(queue, &taken).await.unwrap();
}

/// At once, with the same id.
pub async fn what_is_put_back_can_be_taken_again(letters: &dyn DeadLetters, queue: DeadQueue) {
    let ids = |taken: &[BuriedLetter]| {
        let mut ids: Vec<_> = taken.iter().map(|one| one.message_id.clone()).collect();
        ids.sort();
        ids
    };
    let count = buried().len();
    let first = take(letters, queue, count).await;
    letters.put_back(queue, &first).await.unwrap();
    let second = take(letters, queue, count).await;
    assert_eq!(ids(&first), ids(&second));
    letters.put_back(queue, &second).await.unwrap();
}

/// Until it is put back or removed.
pub async fn what_is_sent_again_arrives_and_stays_in_hand(
    letters: &dyn DeadLetters,
    queue: DeadQueue,
    arrived: &impl AsyncFn() -> Vec<String>,
) {
    let taken = take(letters, queue, buried().len()).await;
    for outcome in letters.send_again(queue, &taken).await {
        outcome.unwrap();
    }
    assert_eq!(letters.take(queue, 100).await.unwrap(), []);
    let mut missing: Vec<_> = taken.iter().map(|one| one.body.clone()).collect();
    for _ in 0..MOST_TRIES {
        if missing.is_empty() {
            break;
        }
        let bodies = arrived().await;
        missing.retain(|body| !bodies.contains(body));
    }
    assert!(missing.is_empty(), "{missing:?}");
    letters.put_back(queue, &taken).await.unwrap();
}

/// The others stay.
pub async fn what_is_removed_is_gone(letters: &dyn DeadLetters, queue: DeadQueue) {
    let count = buried().len();
    let mut taken = take(letters, queue, count).await;
    let staying = taken.split_off(count - 1);
    letters.remove(queue, &taken).await.unwrap();
    letters.put_back(queue, &staying).await.unwrap();
    let left = take(letters, queue, 1).await;
    assert_eq!(left[0].body, staying[0].body);
    letters.remove(queue, &left).await.unwrap();
    assert_eq!(letters.take(queue, 100).await.unwrap(), []);
}
