//! The contract of [`DeadLetterDesk`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::{DeadLetter, DeadLetterDesk, DeadLetterQueue, HeldLetter};
use time::Duration;

/// Receipts after which everything that can be seen must have been.
const MOST_RECEIPTS: usize = 10;

/// The whole contract. Both are one queue, empty at first; `pass` lets this much time pass.
pub async fn all(
    desk: &dyn DeadLetterDesk,
    queue: &dyn DeadLetterQueue,
    pass: impl AsyncFn(Duration),
) {
    letters_are_held_given_back_and_destroyed(desk, queue).await;
    what_is_dropped_comes_back(desk, queue, pass).await;
}

/// A letter is its own self each time, whatever it says.
pub async fn letters_are_held_given_back_and_destroyed(
    desk: &dyn DeadLetterDesk,
    queue: &dyn DeadLetterQueue,
) {
    for number in 0..3 {
        queue.bury(&letter(number)).await.unwrap();
    }
    let mut held = receive(desk, 3, Duration::MINUTE).await;
    held.sort_by(|a, b| a.body.cmp(&b.body));
    assert_eq!(held.len(), 3);
    for (number, held) in held.iter().enumerate() {
        let letter = letter(number);
        assert_eq!(held.body, letter.body);
        assert_eq!(held.reason.as_ref(), Some(&letter.reason));
        assert_eq!(held.original_id.as_ref(), Some(&letter.message_id));
        assert_eq!(held.receives, 1);
    }
    assert_eq!(desk.receive(10, Duration::MINUTE).await.unwrap(), []);

    desk.give_back(&held[1].receipt).await.unwrap();
    desk.destroy(&held[0].receipt).await.unwrap();
    let again = receive(desk, 1, Duration::MINUTE).await.remove(0);
    assert_eq!((&again.id, again.receives), (&held[1].id, 2));
    for receipt in [&again.receipt, &held[2].receipt] {
        desk.destroy(receipt).await.unwrap();
    }
    assert_eq!(desk.receive(10, Duration::MINUTE).await.unwrap(), []);
}

/// As when its reader was killed.
pub async fn what_is_dropped_comes_back(
    desk: &dyn DeadLetterDesk,
    queue: &dyn DeadLetterQueue,
    pass: impl AsyncFn(Duration),
) {
    queue.bury(&letter(7)).await.unwrap();
    let dropped = receive(desk, 1, Duration::SECOND).await.remove(0);
    pass(Duration::SECOND * 2).await;
    let again = receive(desk, 1, Duration::MINUTE).await.remove(0);
    assert_eq!((again.id, again.body), (dropped.id, dropped.body));
    desk.destroy(&again.receipt).await.unwrap();
}

async fn receive(desk: &dyn DeadLetterDesk, count: usize, hidden: Duration) -> Vec<HeldLetter> {
    let mut held = Vec::new();
    for _ in 0..MOST_RECEIPTS {
        held.extend(desk.receive(count - held.len(), hidden).await.unwrap());
        if held.len() == count {
            break;
        }
    }
    assert_eq!(held.len(), count);
    held
}

fn letter(number: usize) -> DeadLetter {
    DeadLetter {
        body: format!("{{\"number\":{number}}} größe"),
        message_id: format!("original-{number}"),
        reason: format!("unreadable_message: \"{number}\"\nand more"),
    }
}
