//! Dead letters: a look that changes nothing, and sending them on their way again.

mod look;
mod redrive;
#[cfg(test)]
mod tests;

pub use look::{LARGEST_LOOK, Look, LookAtDeadLetters, LookError, USUAL_LOOK};
pub use redrive::{MOST_NAMED, RedriveDeadLetters, RedriveError, Redriven};

use domain::dead_letters::{BuriedLetter, DeadQueue};
use domain::ports::DeadLetters;
use domain::{RequestId, TenantId, causes};
use wire::queue::Request;

/// The task that a letter names, where it names one.
fn about(queue: DeadQueue, body: &str) -> Option<(TenantId, RequestId)> {
    match queue {
        DeadQueue::Work => {
            let task = wire::queue::read_task(body).ok()?;
            Some((task.tenant, task.request_id))
        }
        DeadQueue::Updates => match wire::queue::read_request(body).ok()? {
            Request::Push(update) => Some((update.tenant, update.request_id)),
            Request::Replay(_) | Request::HangUp(_) | Request::Broadcast(_) | Request::Post(_) => {
                None
            }
        },
        DeadQueue::Callbacks => {
            let callback = wire::queue::read_callback(body).ok()?;
            Some((callback.tenant, callback.request_id))
        }
    }
}

/// Where that fails, the letters come back by themselves a little later.
async fn put_back(letters: &dyn DeadLetters, queue: DeadQueue, taken: &[BuriedLetter]) {
    if let Err(error) = letters.put_back(queue, taken).await {
        tracing::warn!(error = causes(&error), "dead letters stay in hand");
    }
}
