//! A dead letter, understood as far as it can be.

use domain::dead_letters::RECEIVED_TOO_OFTEN;
use domain::feed::Feed;
use domain::ports::HeldLetter;
use domain::{RequestId, Task, TenantId};
use serde_json::{Value, json};
use wire::queue::{Request, read_callback, read_request, read_task};

use super::queue::QueueName;

/// A dead letter in hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// Whose dead letter.
    pub queue: QueueName,
    /// The letter itself.
    pub held: HeldLetter,
    /// What it is about, or why it cannot be read.
    pub about: Result<About, String>,
    /// Why it is there: a code, `: `, and more words.
    pub reason: String,
    /// The task that it is about, where that is known.
    pub task: Option<Box<Task>>,
}

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Whose.
    pub tenant: Option<TenantId>,
    /// Which task.
    pub request_id: Option<RequestId>,
    /// The task's kind, or what else is asked for.
    pub kind: Option<String>,
}

impl About {
    /// Reads a body by the format of its queue: the one check before anything is sent.
    ///
    /// # Errors
    ///
    /// Why nobody could read it, for people.
    pub fn read(queue: QueueName, body: &str) -> Result<Self, String> {
        let about = match queue {
            QueueName::Tasks => read_task(body).map(|task| Self {
                tenant: Some(task.tenant),
                request_id: Some(task.request_id),
                kind: None,
            }),
            QueueName::Callbacks => read_callback(body).map(|callback| Self {
                tenant: Some(callback.tenant),
                request_id: Some(callback.request_id),
                kind: None,
            }),
            QueueName::Updates => read_request(body).map(Self::asked),
        };
        about.map_err(|error| domain::causes(&error))
    }

    fn asked(request: Request) -> Self {
        let named = |tenant, kind: &str| Self {
            tenant,
            request_id: None,
            kind: Some(format!("({kind})")),
        };
        match request {
            Request::Push(update) => Self {
                tenant: Some(update.tenant),
                request_id: Some(update.request_id),
                kind: Some(update.kind),
            },
            Request::Replay(replay) => named(Some(replay.tenant), "replay"),
            Request::HangUp(_) => named(None, "hang up"),
            Request::Broadcast(part) => named(part.broadcast.tenant, "broadcast"),
            Request::Post(posting) => match posting.feed {
                Feed::Operators => named(None, "operators"),
                Feed::Logs(tenant, _) => named(Some(tenant), "log lines"),
            },
        }
    }
}

impl Letter {
    /// Puts together what is known of it.
    pub fn new(queue: QueueName, held: HeldLetter, task: Option<Box<Task>>) -> Self {
        let about = About::read(queue, &held.body);
        let failure = task.as_ref().and_then(|task| task.state.failure());
        let reason = match (&held.reason, failure) {
            (Some(reason), _) => reason.clone(),
            (None, Some(failure)) => failure.to_string(),
            (None, None) => RECEIVED_TOO_OFTEN.into(),
        };
        Self {
            queue,
            held,
            about,
            reason,
            task,
        }
    }

    /// The reason's code, for groups and filters.
    pub fn reason_code(&self) -> &str {
        let end = self.reason.find(':').unwrap_or(self.reason.len());
        &self.reason[..end]
    }

    /// The kind of its task, `-` where there is none.
    pub fn kind_shown(&self) -> &str {
        let task = self.task.as_ref().map(|task| task.kind.as_str());
        let about = self.about.as_ref().ok();
        let kind = task.or_else(|| about.and_then(|about| about.kind.as_deref()));
        kind.unwrap_or("-")
    }

    /// Whose it is, `-` where nobody's.
    pub fn tenant_shown(&self) -> &str {
        let about = self.about.as_ref().ok();
        let tenant = about.and_then(|about| about.tenant.as_ref());
        tenant.map_or("-", TenantId::as_str)
    }

    /// The task's name, `-` where there is none.
    pub fn task_shown(&self) -> String {
        let about = self.about.as_ref().ok();
        let id = about.and_then(|about| about.request_id);
        id.map_or_else(|| "-".into(), |id| id.to_string())
    }

    /// What makes two letters the same thing to send: a task that fails again comes back as a
    /// letter with another id.
    pub fn subject(&self) -> String {
        match &self.about {
            Ok(About {
                tenant: Some(tenant),
                request_id: Some(id),
                ..
            }) if self.queue != QueueName::Updates => format!("{} {tenant} {id}", self.queue),
            _ => format!("{} {}", self.queue, self.held.body),
        }
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let sent_at = crate::moment::rfc3339(self.held.sent_at);
        json!({
            "id": self.held.id, "queue": self.queue, "kind": self.kind_shown(), "reason": self.reason_code(),
            "message": self.reason, "tenant": self.tenant_shown(), "request_id": self.task_shown(),
            "sent_at": sent_at, "receives": self.held.receives,
        })
    }
}

#[cfg(test)]
pub(super) mod samples {
    use domain::ports::HeldLetter;
    use serde_json::json;
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

    /// Of an aggregate of the tenant acme whose store was away.
    pub(crate) fn letter() -> Letter {
        let acme = TenantId::new("acme").unwrap();
        let task = build::task(&acme, "aggregate", json!({}));
        let reason = "store_unavailable: events is unavailable";
        let held = held("letter-1", &message(&task), Some(reason));
        Letter::new(QueueName::Tasks, held, Some(Box::new(task)))
    }

    /// Of a version that nobody knows.
    pub(crate) fn unreadable() -> Letter {
        let reason = "unreadable_message: the message has version 99, we know up to 1";
        let held = held("letter-2", r#"{"v":99}"#, Some(reason));
        Letter::new(QueueName::Tasks, held, None)
    }
}

#[cfg(test)]
mod tests {
    use domain::Failure;
    use serde_json::json;
    use testkit::build::{self, NOW};
    use time::Duration;

    use super::samples::{held, letter, message, unreadable};
    use super::*;

    #[test]
    fn what_is_known_is_shown() {
        let letter = letter();
        assert_eq!(letter.kind_shown(), "aggregate");
        assert_eq!(letter.tenant_shown(), "acme");
        assert_eq!(letter.reason_code(), "store_unavailable");
        let nameless = unreadable();
        assert_eq!(
            nameless.about,
            Err("the message has version 99, we know up to 1".into())
        );
        assert_eq!((nameless.kind_shown(), nameless.tenant_shown()), ("-", "-"));
        assert_eq!(nameless.task_shown(), "-");
    }

    /// The queue moved the message, but the task tells.
    #[test]
    fn without_a_reason_the_task_or_the_queue_is_asked() {
        let mut task = build::task(&build::tenant(), "export", json!({}));
        let about = |task: &Task| {
            let held = held("1", &message(task), None);
            Letter::new(QueueName::Tasks, held, Some(Box::new(task.clone())))
        };
        assert_eq!(about(&task).reason_code(), RECEIVED_TOO_OFTEN);
        let token = build::lease_token();
        task.claim(token, NOW, Duration::MINUTE).unwrap();
        task.fail(token, Failure::permanent("bad_data", "It is bad."), NOW)
            .unwrap();
        assert_eq!(about(&task).reason, "bad_data: It is bad.");
    }

    #[test]
    fn each_queue_has_its_format() {
        let task = build::task(&build::tenant(), "export", json!({}));
        let id = task.request_id.to_string();
        let tenant = task.tenant.as_str();
        let of_task = message(&task);
        assert_eq!(
            About::read(QueueName::Tasks, &of_task).unwrap().request_id,
            Some(task.request_id)
        );
        assert!(About::read(QueueName::Callbacks, &of_task).is_err());
        let callback =
            json!({"v": 1, "tenant": tenant, "request_id": id, "version": 3}).to_string();
        assert!(About::read(QueueName::Callbacks, &callback).is_ok());
        let hang_up = r#"{"v":1,"ask":"hang_up","connection_id":"c="}"#;
        let about = About::read(QueueName::Updates, hang_up).unwrap();
        assert_eq!(
            (about.tenant, about.kind.as_deref()),
            (None, Some("(hang up)"))
        );
        assert!(About::read(QueueName::Updates, &of_task).is_err());
    }

    /// A task that fails again comes back with another trace in another letter.
    #[test]
    fn letters_of_one_task_have_one_subject() {
        let task = build::task(&build::tenant(), "export", json!({}));
        let traced = message(&task).replace("\"v\":1", "\"v\":1,\"trace\":null");
        let subject =
            |body: &str| Letter::new(QueueName::Tasks, held("1", body, None), None).subject();
        assert_eq!(subject(&message(&task)), subject(&traced));
        assert_ne!(subject(&message(&task)), unreadable().subject());
    }
}
