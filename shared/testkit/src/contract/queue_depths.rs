//! The contract of [`QueueDepths`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::operations::{QueueDepth, QueueName};
use domain::ports::QueueDepths;

/// Looks after which everything sent must have been counted.
const MOST_LOOKS: usize = 100;

/// The whole contract. `send` puts a message into a queue, `bury` one among its dead letters. Nobody
/// else uses these queues.
pub async fn all(
    queues: &dyn QueueDepths,
    send: impl AsyncFn(QueueName),
    bury: impl AsyncFn(QueueName),
) {
    assert_eq!(queues.depths().await.unwrap(), expected([0; 4], [0; 4]));
    for (name, times) in [(QueueName::Work, 2), (QueueName::Callbacks, 1)] {
        for _ in 0..times {
            send(name).await;
        }
    }
    bury(QueueName::Updates).await;
    bury(QueueName::Work).await;
    let then = expected([2, 0, 0, 1], [1, 0, 1, 0]);
    for _ in 0..MOST_LOOKS {
        if queues.depths().await.unwrap() == then {
            return;
        }
    }
    assert_eq!(queues.depths().await.unwrap(), then);
}

fn expected(visible: [u64; 4], dead: [u64; 4]) -> Vec<QueueDepth> {
    let depth = |(place, name): (usize, QueueName)| QueueDepth {
        name,
        visible: visible[place],
        in_flight: 0,
        delayed: 0,
        dead: dead[place],
    };
    QueueName::ALL.into_iter().enumerate().map(depth).collect()
}
