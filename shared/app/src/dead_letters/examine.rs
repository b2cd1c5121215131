//! What letters are about.

use domain::dead_letters::{About, DeadQueue, HeldLetter, Letter};
use domain::ports::{PortError, TaskStore};
use domain::{Task, causes};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};

/// Tasks that are read at once.
const AT_ONCE: usize = 16;

/// Reads letters, and the tasks that they are about, in their order.
///
/// # Errors
///
/// The store does not answer.
pub async fn examine(
    tasks: &dyn TaskStore,
    queue: DeadQueue,
    letters: Vec<HeldLetter>,
) -> Result<Vec<Letter>, PortError> {
    let examined = letters.into_iter().map(|held| async move {
        let about = wire::queue::about(queue, &held.body);
        let about = about.map_err(|error| causes(&error));
        let task = task(tasks, about.as_ref().ok()).await?;
        Ok(Letter {
            queue,
            held,
            about,
            task: task.map(Box::new),
        })
    });
    stream::iter(examined).buffered(AT_ONCE).try_collect().await
}

async fn task(tasks: &dyn TaskStore, about: Option<&About>) -> Result<Option<Task>, PortError> {
    match about.and_then(About::task) {
        Some((tenant, id)) => tasks.load(tenant, id).await,
        None => Ok(None),
    }
}
