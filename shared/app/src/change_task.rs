//! Changes a task that nobody holds for us: read, changed, written under the condition that nobody
//! else has changed it since.

use domain::ports::{PortError, TaskStore};
use domain::task::Refused;
use domain::{RequestId, Task, TenantId};

use crate::Compute;
use crate::charges;

/// Lost races after which the caller is asked to try again. A running task changes four times a
/// second at most, and a try takes milliseconds.
const RACES: usize = 8;

/// Why the task was not changed.
#[derive(Debug)]
pub(crate) enum Unchanged {
    /// The tenant has no such task.
    Missing,
    /// The task as it is does not allow the change.
    Refused(Box<Task>),
    /// The store did not answer, or the race was lost each time.
    Store(PortError),
}

/// Makes the change on top of whatever is stored, and gives the task as it is stored then. The task
/// is charged for the call.
pub(crate) async fn change_task(
    tasks: &dyn TaskStore,
    tenant: &TenantId,
    id: RequestId,
    compute: &Compute,
    change: impl Fn(&mut Task) -> Result<(), Refused>,
) -> Result<Task, Unchanged> {
    let mut races = 0;
    loop {
        let stored = tasks.load(tenant, id).await.map_err(Unchanged::Store)?;
        let mut task = stored.ok_or(Unchanged::Missing)?;
        let version = task.version;
        if change(&mut task).is_err() {
            return Err(Unchanged::Refused(Box::new(task)));
        }
        task.usage += charges::call(&task, compute);
        match tasks.replace(&task, version).await {
            Ok(()) => return Ok(task),
            Err(PortError::Conflict { .. }) if races < RACES => races += 1,
            Err(error) => return Err(Unchanged::Store(error)),
        }
    }
}
