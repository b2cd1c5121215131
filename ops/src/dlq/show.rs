//! One letter in full.

use domain::dead_letters::Letter;
use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::shown;
use crate::moment;
use crate::table::{Look, Shown};

/// A letter with what is known of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Full {
    /// What `list` shows of it too.
    #[serde(flatten)]
    letter: Value,
    /// The id that the message had in its queue.
    original_id: Option<String>,
    /// Whether its body can be read, and why not.
    problem: Option<String>,
    /// The body, as JSON where it is.
    body: Value,
    /// The task: where it stands now.
    task: Option<Value>,
    #[serde(skip)]
    age: String,
}

impl Full {
    /// What is known of a letter, at this moment.
    pub fn of(letter: &Letter, now: OffsetDateTime) -> Self {
        let body = &letter.held.body;
        let task = letter.task.as_ref().map(|task| {
            let failure = task.state.failure().map(ToString::to_string);
            json!({
                "kind": task.kind, "status": task.status(), "version": task.version,
                "attempt": task.attempt, "error": failure,
                "created_at": moment::rfc3339(task.created_at), "updated_at": moment::rfc3339(task.updated_at),
            })
        });
        Self {
            letter: shown::json(letter),
            original_id: letter.held.original_id.clone(),
            problem: letter.about.as_ref().err().cloned(),
            body: serde_json::from_str(body).unwrap_or_else(|_| Value::from(body.as_str())),
            task,
            age: moment::length(now - letter.held.sent_at),
        }
    }
}

impl Shown for Full {
    fn text(&self, _: Look) -> String {
        let field = |name: &str| self.letter[name].as_str().unwrap_or("-");
        let mut lines = vec![
            format!("letter      {}", field("id")),
            format!("queue       {}", field("queue")),
            format!("reason      {}", field("message")),
            format!("since       {} ({} ago)", field("sent_at"), self.age),
            format!("received    {} times", self.letter["receives"]),
        ];
        if let Some(id) = &self.original_id {
            lines.push(format!("was message {id}"));
        }
        if let Some(problem) = &self.problem {
            lines.push(format!("unreadable  {problem}"));
        }
        if let Some(task) = &self.task {
            let text = |name: &str| task[name].as_str().unwrap_or("-").to_owned();
            lines.push(format!("tenant      {}", field("tenant")));
            lines.push(format!("task        {}", field("request_id")));
            let (version, attempt) = (&task["version"], &task["attempt"]);
            let (kind, status) = (text("kind"), text("status"));
            lines.push(format!(
                "            {kind}, {status}, version {version}, attempt {attempt}"
            ));
            if task["error"].is_string() {
                lines.push(format!("            {}", text("error")));
            }
        }
        let body = match &self.body {
            Value::String(text) => text.clone(),
            json => format!("{json:#}"),
        };
        format!("{}\n\n{body}", lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use testkit::build::NOW;

    use super::super::shown::samples::unreadable;
    use super::*;

    #[test]
    fn poison_is_shown_with_what_is_wrong_with_it() {
        insta::assert_snapshot!(Full::of(&unreadable(), NOW).text(Look::PLAIN));
    }
}
