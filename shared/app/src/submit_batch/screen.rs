//! Which tasks of a batch are stored at all.

use domain::Identity;
use domain::rate::Granted;

use super::{Placed, SubmitBatch};
use crate::submit_task::{SubmitTaskError, TaskRequest};

/// Those that are to be stored, and why the others are not.
pub(super) type Screened = (Placed<TaskRequest>, Placed<SubmitTaskError>);

impl SubmitBatch {
    /// Checks each, then takes submissions for all good ones at once. Where the tenant has too few
    /// left the first ones get them.
    pub(super) async fn screen(&self, caller: &Identity, requests: Vec<TaskRequest>) -> Screened {
        let (mut passed, mut refused): Screened = (vec![], vec![]);
        for (place, request) in requests.into_iter().enumerate() {
            let checked = match self.submit_task.check(&request) {
                Ok(()) => {
                    let tenant = &caller.tenant;
                    self.submit_task.refuse_paused(tenant, &request).await
                }
                refused => refused,
            };
            match checked {
                Ok(()) => passed.push((place, request)),
                Err(error) => refused.push((place, error)),
            }
        }
        if passed.is_empty() {
            return (passed, refused);
        }
        let wanted = u32::try_from(passed.len()).unwrap_or(u32::MAX);
        match self.submit_task.meter(&caller.tenant, wanted).await {
            Ok(Granted { count, next_in }) => {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                let beyond = passed.split_off(count.min(passed.len()));
                let limited = |(place, _)| {
                    let retry_after = next_in;
                    (place, SubmitTaskError::RateLimited { retry_after })
                };
                refused.extend(beyond.into_iter().map(limited));
            }
            Err(error) => {
                let failed = |(place, _)| (place, SubmitTaskError::NotStored(error.again()));
                refused.extend(passed.drain(..).map(failed));
            }
        }
        (passed, refused)
    }
}
