//! Watches tasks until they have ended.

use std::time::Duration;

use domain::ports::PortError;
use domain::{RequestId, Status, Task, TenantId};
use futures::stream::{self, StreamExt as _};
use serde::Serialize;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep};

use super::triage::Triage;

/// From one look at the tasks to the next.
const STEP: Duration = Duration::from_millis(500);

/// Reads at once.
const AT_ONCE: usize = 16;

/// How a watched task ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Whose task.
    pub tenant: TenantId,
    /// The task.
    #[serde(serialize_with = "shown")]
    pub request_id: RequestId,
    /// Its kind.
    pub kind: String,
    /// How it ended; `processing` where nobody waited for its end.
    pub status: Status,
    /// Why it has no result: a code, `: `, and words.
    pub error: Option<String>,
}

fn shown<S: serde::Serializer>(id: &RequestId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

impl From<&Task> for Outcome {
    fn from(task: &Task) -> Self {
        Self {
            tenant: task.tenant.clone(),
            request_id: task.request_id,
            kind: task.kind.clone(),
            status: task.status(),
            error: task.state.failure().map(ToString::to_string),
        }
    }
}

/// Watches the tasks that come in, tells how each has ended, and ends when all have, or so long
/// after the last came in.
pub async fn watch(
    triage: &Triage,
    mut tasks: UnboundedReceiver<Task>,
    patience: Duration,
    mut tell: impl FnMut(Outcome),
) -> Result<(), PortError> {
    let mut waiting: Vec<Task> = Vec::new();
    let (mut last, mut open) = (Instant::now(), true);
    while open || !waiting.is_empty() {
        tokio::select! {
            task = tasks.recv(), if open => match task {
                Some(task) => {
                    last = Instant::now();
                    waiting.push(task);
                    continue;
                }
                None => open = false,
            },
            () = sleep(STEP) => {}
        }
        let looks = stream::iter(waiting).map(|task| async {
            let now = triage.tasks.load(&task.tenant, task.request_id).await?;
            Ok::<_, PortError>((task, now))
        });
        let looks: Vec<_> = looks.buffer_unordered(AT_ONCE).collect().await;
        waiting = Vec::new();
        for look in looks {
            let (sent, now) = look?;
            match now {
                // What is older than what was sent is not its end.
                Some(now) if now.status().is_terminal() && now.version > sent.version => {
                    tell(Outcome::from(&now));
                }
                // It has expired: nothing more will be known of it.
                None => tell(Outcome::from(&sent)),
                Some(_) => waiting.push(sent),
            }
        }
        if !open && last.elapsed() > patience {
            for task in waiting.drain(..) {
                tell(Outcome::from(&task));
            }
        }
    }
    Ok(())
}
