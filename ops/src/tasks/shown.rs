//! Tasks, as they are printed.

use protocol::http::{TaskBody, TaskSummary, UpdateBody};
use protocol::task::{Phase, Status};
use serde::Serialize;
use time::OffsetDateTime;

use crate::moment;
use crate::table::{Cell, Look, Shown, Table, Tint};

/// A list of tasks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed {
    /// Newest first.
    pub tasks: Vec<TaskSummary>,
    /// Whether there are more.
    pub more: bool,
    /// What ages count from.
    #[serde(skip)]
    pub now: OffsetDateTime,
}

/// Where a task stands, in a word.
pub fn standing(status: Status, phase: Option<Phase>) -> &'static str {
    match (status, phase) {
        (Status::Processing, Some(Phase::Running)) => "running",
        (Status::Processing, _) => "queued",
        (Status::Completed, _) => "completed",
        (Status::Failed, _) => "failed",
        (Status::Cancelled, _) => "cancelled",
        (Status::TimedOut, _) => "timed_out",
    }
}

fn tint(status: Status) -> Tint {
    match status {
        Status::Processing => Tint::Plain,
        Status::Completed => Tint::Good,
        Status::Failed | Status::TimedOut => Tint::Bad,
        Status::Cancelled => Tint::Faint,
    }
}

impl Shown for Listed {
    fn text(&self, look: Look) -> String {
        if self.tasks.is_empty() {
            return "no tasks".into();
        }
        let head = [
            "task", "kind", "status", "progress", "attempt", "age", "tags", "error",
        ];
        let mut table = Table::new(&head);
        for task in &self.tasks {
            let progress = task.progress.as_ref();
            let progress =
                progress.map_or_else(String::new, |progress| format!("{} %", progress.percent));
            let error = task.error.as_ref().map_or("", |error| error.code.as_str());
            table.push([
                task.request_id.as_str().into(),
                task.kind.as_str().into(),
                Cell::from(standing(task.status, task.phase)).tinted(tint(task.status)),
                Cell::number(progress),
                Cell::number(task.attempt),
                Cell::number(moment::length(self.now - task.created_at)),
                task.tags.join(",").into(),
                error.into(),
            ]);
        }
        let more = if self.more {
            "\nThere are more; --most sets how many are shown."
        } else {
            ""
        };
        format!("{}{more}", table.draw(look))
    }
}

/// One task.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct One(pub TaskBody);

impl Shown for One {
    fn text(&self, look: Look) -> String {
        let task = &self.0;
        let summary = &task.summary;
        let mut lines = vec![
            format!("task      {}", summary.request_id),
            format!("kind      {}", summary.kind),
            format!(
                "status    {}, attempt {}",
                standing(summary.status, summary.phase),
                summary.attempt
            ),
            format!("submitted {}", moment::rfc3339(summary.created_at)),
        ];
        if let Some(error) = &summary.error {
            lines.push(format!("error     {}: {}", error.code, error.message));
        }
        if let Some(cost) = task.cost_usd {
            lines.push(format!("cost      ${cost:.9}"));
        }
        lines.push(format!("input     {}", task.input));
        if let Some(result) = &task.result {
            lines.push(format!("result    {result}"));
        }
        // The link itself is for --json: whoever has it can read the result.
        if task.result_url.is_some() {
            lines.push("result    large: --json has a link to it".into());
        }
        let mut history = Table::new(&["version", "at", "status", "progress", ""]);
        for update in &task.updates {
            history.push(row(update));
        }
        format!("{}\n\n{}", lines.join("\n"), history.draw(look))
    }
}

fn row(update: &UpdateBody) -> [Cell; 5] {
    let progress = update.progress.as_ref();
    let percent = progress.map_or_else(String::new, |progress| format!("{} %", progress.percent));
    let words = progress.map_or("", |progress| progress.message.as_str());
    let error = update
        .error
        .as_ref()
        .map(|error| format!("{}: {}", error.code, error.message));
    [
        Cell::number(update.version),
        moment::rfc3339(update.at).into(),
        Cell::from(standing(update.status, update.phase)).tinted(tint(update.status)),
        Cell::number(percent),
        error.unwrap_or_else(|| words.into()).into(),
    ]
}

/// A change, on a line.
pub fn line(id: &str, update: &UpdateBody) -> String {
    let status = standing(update.status, update.phase);
    let progress = update.progress.as_ref();
    let progress = progress.map_or_else(String::new, |progress| {
        format!(" {} % {}", progress.percent, progress.message)
    });
    let error = update.error.as_ref().map_or_else(String::new, |error| {
        format!(" {}: {}", error.code, error.message)
    });
    let moment = moment::rfc3339(update.at);
    format!(
        "{moment} {id} v{} {status}{progress}{error}",
        update.version
    )
    .trim_end()
    .into()
}
