//! The contract of [`DeadLetterQueue`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::{DeadLetter, DeadLetterQueue};

/// Receipts after which everything buried must have arrived.
const MOST_RECEIPTS: usize = 20;

/// The whole contract. `receive` takes what has arrived since, as whoever looks at it reads it; it
/// may wait a little for something to arrive.
pub async fn all(queue: &dyn DeadLetterQueue, receive: impl AsyncFn() -> Vec<DeadLetter>) {
    what_is_buried_is_there_with_its_reason(queue, &receive).await;
}

/// Whatever a body and a reason hold: poison is what a dead-letter queue is for.
pub async fn what_is_buried_is_there_with_its_reason(
    queue: &dyn DeadLetterQueue,
    receive: &impl AsyncFn() -> Vec<DeadLetter>,
) {
    let letters = [
        letter(
            r#"{"v":9}"#,
            "unreadable_message: the message has version 9",
        ),
        letter(
            "größe & co \u{1f600}",
            "unreadable_message: \"?\"\nand more",
        ),
    ];
    for letter in &letters {
        queue.bury(letter).await.unwrap();
    }
    let mut missing = letters.to_vec();
    for _ in 0..MOST_RECEIPTS {
        if missing.is_empty() {
            break;
        }
        for arrived in receive().await {
            assert!(letters.contains(&arrived), "{arrived:?} was not buried");
            missing.retain(|letter| *letter != arrived);
        }
    }
    assert_eq!(missing, []);
}

fn letter(body: &str, reason: &str) -> DeadLetter {
    DeadLetter {
        body: body.into(),
        message_id: "0e9f4f7e-5a26-4d0e-9d3c-3f5b8b1c2d4e".into(),
        reason: reason.into(),
    }
}
