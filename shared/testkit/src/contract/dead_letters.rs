//! The contract of [`DeadLetters`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::dead_letters::{DeadQueue, HeldLetter};
use domain::ports::{DeadLetter, DeadLetters};
use time::Duration;

/// Tries after which everything must have been taken.
const MOST_TRIES: usize = 20;

/// Longer than a suite takes.
const HOLD: Duration = Duration::minutes(2);

/// The whole contract, in one queue of dead letters that nobody else uses. `bury` puts a letter there
/// (without a reason and an id where the reason is empty), `pass` lets this much time pass.
pub async fn all(
    letters: &dyn DeadLetters,
    queue: DeadQueue,
    bury: impl AsyncFn(&DeadLetter),
    pass: impl AsyncFn(Duration),
) {
    nothing_is_nothing(letters, queue).await;
    what_is_taken_is_whole_and_nobody_elses(letters, queue, &bury).await;
    what_is_put_back_can_be_taken_again(letters, queue).await;
    what_is_removed_is_gone(letters, queue).await;
    what_is_dropped_comes_back(letters, queue, &bury, &pass).await;
}

fn letter(number: usize) -> DeadLetter {
    DeadLetter {
        body: format!("{{\"n\": {number}, \"größe\": \"\u{1f600}\"}}"),
        message_id: format!("original-{number}"),
        reason: match number {
            0 => String::new(),
            _ => format!("unreadable_message: \"{number}\"\nand more"),
        },
    }
}

fn buried() -> Vec<DeadLetter> {
    (0..23).map(letter).collect()
}

/// Takes letters until there are so many: a queue may hand them out in parts.
async fn take(
    letters: &dyn DeadLetters,
    queue: DeadQueue,
    count: usize,
    hold: Duration,
) -> Vec<HeldLetter> {
    let mut taken = vec![];
    for _ in 0..MOST_TRIES {
        let more = letters.take(queue, count - taken.len(), hold).await;
        taken.extend(more.unwrap());
        if taken.len() == count {
            break;
        }
    }
    assert_eq!(taken.len(), count);
    taken
}

async fn none_is_left(letters: &dyn DeadLetters, queue: DeadQueue) {
    assert_eq!(letters.take(queue, 100, HOLD).await.unwrap(), []);
}

fn receipts(letters: &[HeldLetter]) -> Vec<String> {
    letters.iter().map(|one| one.receipt.clone()).collect()
}

/// Of no letters.
pub async fn nothing_is_nothing(letters: &dyn DeadLetters, queue: DeadQueue) {
    none_is_left(letters, queue).await;
    letters.put_back(queue, &[]).await.unwrap();
    letters.remove(queue, &[]).await.unwrap();
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
    let few = take(letters, queue, 2, HOLD).await;
    let others = take(letters, queue, buried.len() - 2, HOLD).await;
    none_is_left(letters, queue).await;
    let taken = [few, others].concat();
    for letter in &buried {
        let found = taken.iter().find(|one| one.body == letter.body).unwrap();
        let said = Some(&letter.reason).filter(|reason| !reason.is_empty());
        assert_eq!(found.reason.as_ref(), said);
        assert_eq!(found.original_id.as_ref(), said.map(|_| &letter.message_id));
        assert!(found.sent_at.year() >= 2026);
        assert_eq!(found.receives, 1);
    }
    letters.put_back(queue, &receipts(&taken)).await.unwrap();
}

/// At once, with the same id.
pub async fn what_is_put_back_can_be_taken_again(letters: &dyn DeadLetters, queue: DeadQueue) {
    let ids = |taken: &[HeldLetter]| {
        let mut ids: Vec<_> = taken.iter().map(|one| one.id.clone()).collect();
        ids.sort();
        ids
    };
    let count = buried().len();
    let first = take(letters, queue, count, HOLD).await;
    letters.put_back(queue, &receipts(&first)).await.unwrap();
    let second = take(letters, queue, count, HOLD).await;
    assert_eq!(ids(&first), ids(&second));
    assert!(second.iter().all(|one| one.receives == 3));
    letters.put_back(queue, &receipts(&second)).await.unwrap();
}

/// The others stay. What is gone cannot be put back, and that is no error.
pub async fn what_is_removed_is_gone(letters: &dyn DeadLetters, queue: DeadQueue) {
    let count = buried().len();
    let mut taken = take(letters, queue, count, HOLD).await;
    let staying = taken.split_off(count - 1);
    letters.remove(queue, &receipts(&taken)).await.unwrap();
    let all = [receipts(&staying), receipts(&taken)].concat();
    letters.put_back(queue, &all).await.unwrap();
    let left = take(letters, queue, 1, HOLD).await;
    assert_eq!(left[0].body, staying[0].body);
    letters.remove(queue, &receipts(&left)).await.unwrap();
    none_is_left(letters, queue).await;
}

/// As when whoever has it in hand is killed.
pub async fn what_is_dropped_comes_back(
    letters: &dyn DeadLetters,
    queue: DeadQueue,
    bury: &impl AsyncFn(&DeadLetter),
    pass: &impl AsyncFn(Duration),
) {
    bury(&letter(7)).await;
    let dropped = take(letters, queue, 1, Duration::SECOND).await;
    pass(Duration::SECOND * 2).await;
    let again = take(letters, queue, 1, HOLD).await;
    assert_eq!(
        (&again[0].id, &again[0].body),
        (&dropped[0].id, &dropped[0].body)
    );
    letters.remove(queue, &receipts(&again)).await.unwrap();
    none_is_left(letters, queue).await;
}
