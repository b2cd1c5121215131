//! The contract of [`QueueDepths`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::dead_letters::DeadQueue;
use domain::operations::{Depth, QueueName};
use domain::ports::QueueDepths;

/// Looks after which everything sent must have been counted.
const MOST_LOOKS: usize = 100;

/// The whole contract. `send` puts a message into a queue, `bury` one among dead letters. Nobody
/// else uses these queues.
pub async fn all(
    queues: &dyn QueueDepths,
    send: impl AsyncFn(QueueName),
    bury: impl AsyncFn(DeadQueue),
) {
    assert_eq!(looked_at(queues).await, expected([0; 4], [0; 3]));
    for (name, times) in [(QueueName::Work, 2), (QueueName::Callbacks, 1)] {
        for _ in 0..times {
            send(name).await;
        }
    }
    bury(DeadQueue::Updates).await;
    bury(DeadQueue::Work).await;
    let then = expected([2, 0, 0, 1], [1, 1, 0]);
    for _ in 0..MOST_LOOKS {
        if looked_at(queues).await == then {
            return;
        }
    }
    assert_eq!(looked_at(queues).await, then);
}

async fn looked_at(queues: &dyn QueueDepths) -> Vec<Depth> {
    let mut depths = vec![];
    for name in QueueName::ALL {
        depths.push(queues.depth(name).await.unwrap());
    }
    for queue in DeadQueue::ALL {
        depths.push(queues.dead(queue).await.unwrap());
    }
    depths
}

fn expected(visible: [u64; 4], dead: [u64; 3]) -> Vec<Depth> {
    let depth = |visible: u64| Depth {
        visible: Some(visible),
        in_flight: Some(0),
        delayed: Some(0),
    };
    visible.into_iter().chain(dead).map(depth).collect()
}
