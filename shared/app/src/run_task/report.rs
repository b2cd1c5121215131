//! Keeps the results that are to be found again as reports.

use domain::ports::PortError;
use domain::{Report, Task};

use super::RunTask;

impl RunTask {
    /// Saves the report of a completed task whose kind makes reports. It is made of what is stored,
    /// so a delivery that comes again makes the same one, and a task that was called off makes none.
    pub(super) async fn keep_report(&self, task: &Task) -> Result<(), PortError> {
        let title = self
            .registry
            .catalogue()
            .report_title(&task.kind, &task.input);
        match title.and_then(|title| Report::of(task, title)) {
            Some(report) => self.reports.save(&report).await,
            None => Ok(()),
        }
    }
}
