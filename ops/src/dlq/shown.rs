//! What a letter says, for people and programs.

use domain::TenantId;
use domain::dead_letters::{DeadQueue, Letter};
use serde_json::{Value, json};

/// Stands for what a letter does not say.
const NOTHING: &str = "-";

/// The kind of its task, or what else is asked for.
pub fn kind(letter: &Letter) -> &str {
    let task = letter.task.as_ref().map(|task| task.kind.as_str());
    let about = || letter.known()?.kind.as_deref();
    task.or_else(about).unwrap_or(NOTHING)
}

/// Whose it is.
pub fn tenant(letter: &Letter) -> &str {
    let tenant = letter.known().and_then(|about| about.tenant.as_ref());
    tenant.map_or(NOTHING, TenantId::as_str)
}

/// The task's name.
pub fn task(letter: &Letter) -> String {
    let id = letter.known().and_then(|about| about.request_id);
    id.map_or_else(|| NOTHING.into(), |id| id.to_string())
}

/// What makes two letters the same thing to send: a task that fails again comes back as a letter
/// with another id.
pub fn subject(letter: &Letter) -> String {
    let queue = letter.queue;
    match letter.known().and_then(|about| about.task()) {
        Some((tenant, id)) if queue != DeadQueue::Updates => format!("{queue} {tenant} {id}"),
        _ => format!("{queue} {}", letter.held.body),
    }
}

/// For programs.
pub fn json(letter: &Letter) -> Value {
    let sent_at = crate::moment::rfc3339(letter.held.sent_at);
    json!({
        "id": letter.held.id, "queue": letter.queue, "kind": kind(letter), "reason": letter.reason_code(),
        "message": letter.reason(), "tenant": tenant(letter), "request_id": task(letter),
        "sent_at": sent_at, "receives": letter.held.receives,
    })
}

#[cfg(test)]
pub(super) mod samples {
    use domain::dead_letters::HeldLetter;
    use domain::{Task, causes};
    use testkit::build::{self, NOW};
    use time::Duration;

    use super::*;

    pub(crate) fn held(id: &str, body: &str, reason: Option<&str>) -> HeldLetter {
        HeldLetter {
            id: id.into(),
            receipt: format!("receipt of {id}"),
            body: body.into(),
            reason: reason.map(str::to_owned),
            original_id: None,
            sent_at: NOW - Duration::HOUR,
            receives: 1,
        }
    }

    /// The message of a task.
    pub(crate) fn message(task: &Task) -> String {
        json!({"v": 1, "tenant": task.tenant, "request_id": task.request_id.to_string()})
            .to_string()
    }

    /// A letter of the task queue.
    pub(crate) fn of(held: HeldLetter, task: Option<Task>) -> Letter {
        let about = wire::queue::about(DeadQueue::Work, &held.body);
        Letter {
            queue: DeadQueue::Work,
            about: about.map_err(|error| causes(&error)),
            held,
            task: task.map(Box::new),
        }
    }

    /// Of an aggregate of the tenant acme whose store was away.
    pub(crate) fn letter() -> Letter {
        let acme = TenantId::new("acme").unwrap();
        let task = build::task(&acme, "aggregate", json!({}));
        let reason = "store_unavailable: events is unavailable";
        let held = held("letter-1", &message(&task), Some(reason));
        of(held, Some(task))
    }

    /// Of a version that nobody knows.
    pub(crate) fn unreadable() -> Letter {
        let reason = "unreadable_message: the message has version 99, we know up to 1";
        of(held("letter-2", r#"{"v":99}"#, Some(reason)), None)
    }
}

#[cfg(test)]
mod tests {
    use testkit::build;

    use super::samples::{held, letter, message, of, unreadable};
    use super::*;

    #[test]
    fn what_is_known_is_shown() {
        let letter = letter();
        assert_eq!((kind(&letter), tenant(&letter)), ("aggregate", "acme"));
        let nameless = unreadable();
        assert_eq!(
            nameless.about,
            Err("the message has version 99, we know up to 1".into())
        );
        assert_eq!((kind(&nameless), tenant(&nameless)), ("-", "-"));
        assert_eq!(task(&nameless), "-");
    }

    /// A task that fails again comes back with another trace in another letter.
    #[test]
    fn letters_of_one_task_have_one_subject() {
        let task = build::task(&build::tenant(), "export", json!({}));
        let traced = message(&task).replace("\"v\":1", "\"v\":1,\"trace\":null");
        let subject = |body: &str| subject(&of(held("1", body, None), None));
        assert_eq!(subject(&message(&task)), subject(&traced));
        assert_ne!(subject(&message(&task)), super::subject(&unreadable()));
    }
}
