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

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    fn task() -> TaskBody {
        let at = "2026-03-01T12:00:00Z";
        let error = json!({"code": "bad_data", "message": "The data is bad."});
        let update = |version, status, error| {
            json!({"version": version, "status": status, "phase": null, "attempt": 1, "error": error, "at": at,
                "progress": {"percent": 40, "message": "reading"}})
        };
        let task = json!({
            "request_id": "01890a5d-ac96-774b-bcce-b302099a8057", "kind": "export", "status": "failed", "phase": null,
            "version": 3, "progress": null, "attempt": 1, "error": error, "tags": ["nightly", "shop"],
            "priority": "normal", "run_at": null, "deadline": null, "created_at": at, "updated_at": at,
            "started_at": at, "finished_at": at, "input": {"source": "events"}, "cost_usd": 0.000_033_792,
            "updates": [update(2, "processing", json!(null)), update(3, "failed", error.clone())],
        });
        serde_json::from_value(task).unwrap()
    }

    #[test]
    fn a_list_is_drawn() {
        let listed = Listed {
            tasks: vec![task().summary],
            more: true,
            now: datetime!(2026-03-01 12:05 UTC),
        };
        insta::assert_snapshot!(listed.text(Look::PLAIN));
    }

    #[test]
    fn a_task_is_drawn_with_its_history() {
        insta::assert_snapshot!(One(task()).text(Look::PLAIN));
    }

    #[test]
    fn a_change_is_a_line() {
        let task = task();
        let told = line("01890a5d", &task.updates[1]);
        assert_eq!(
            told,
            "2026-03-01T12:00:00Z 01890a5d v3 failed 40 % reading bad_data: The data is bad."
        );
    }
}
