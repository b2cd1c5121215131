//! Announcements and broadcasts as WebSocket frames, and topics by the names that clients use.

use domain::broadcast::{Broadcast, Notice};
use domain::feed::LONGEST_LEVEL;
use domain::ports::{Announcement, ResultLink};
use domain::task::LONGEST_TAG;
use domain::text::is_plain;
use domain::{Identity, RequestId, Resumed, Topic};
use protocol::frames::{ResumedTask, ServerFrame, Stream, TopicName, UpdateFrame};

use crate::part;
use crate::task::result_fields;

/// The frame that subscribers see. `link` leads to a result that is kept elsewhere.
pub fn update(announcement: &Announcement, link: Option<&ResultLink>) -> UpdateFrame {
    let update = &announcement.update;
    let (result, result_url) = result_fields(announcement.result.as_ref(), link);
    UpdateFrame {
        stream: None,
        tenant: None,
        request_id: announcement.request_id.to_string(),
        kind: announcement.kind.clone(),
        status: part::status(update.status),
        version: update.version,
        phase: update.phase.map(part::phase),
        progress: update.progress.as_ref().map(part::progress),
        attempt: update.attempt,
        tags: announcement.tags.clone(),
        result,
        result_url,
        error: update.error.as_ref().map(part::error),
        at: update.at,
    }
}

/// The copy for the operators' stream: it names the tenant, and holds no result.
pub fn operators_copy(announcement: &Announcement) -> UpdateFrame {
    UpdateFrame {
        stream: Some(Stream::Operators),
        tenant: Some(announcement.tenant.to_string()),
        result: None,
        result_url: None,
        ..update(announcement, None)
    }
}

/// The frame that everybody sees.
pub fn broadcast(broadcast: &Broadcast) -> ServerFrame {
    match broadcast.notice.clone() {
        Notice::Message(message) => ServerFrame::Broadcast {
            id: broadcast.id.to_string(),
            message,
            at: broadcast.at,
        },
        Notice::Reconnect { reason, within } => ServerFrame::Bye {
            reason,
            reconnect_in_ms: part::milliseconds(within),
        },
    }
}

/// How the resumption of a task ended.
pub fn resumed_task(resumed: Resumed) -> ResumedTask {
    ResumedTask {
        version: resumed.version,
        recovered: resumed.recovered,
    }
}

/// Why a topic's name names no topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTopic {
    /// Not an id that a task could have.
    #[error("request_id is not a UUID")]
    RequestId,
    /// Not a tag that a task could carry.
    #[error("a tag has 1 to {LONGEST_TAG} bytes, is not blank and holds no control characters")]
    Tag,
    /// Not a level that a log line could have.
    #[error(
        "logs is a level of 1 to {LONGEST_LEVEL} bytes without control characters, or * for all"
    )]
    Level,
}

/// The topic of that name, in the caller's tenant. Whether the caller may listen to it is not
/// decided here.
pub fn topic(name: &TopicName, caller: &Identity) -> Result<Topic, InvalidTopic> {
    let tenant = caller.tenant.clone();
    match name {
        TopicName::Task(id) => id
            .parse::<RequestId>()
            .map(|id| Topic::Task(tenant, id))
            .map_err(|_| InvalidTopic::RequestId),
        TopicName::Tag(tag) if is_plain(tag, LONGEST_TAG) => Ok(Topic::Tag(tenant, tag.clone())),
        TopicName::Tag(_) => Err(InvalidTopic::Tag),
        TopicName::Logs(level) if is_plain(level, LONGEST_LEVEL) => {
            Ok(Topic::Logs(tenant, level.clone()))
        }
        TopicName::Logs(_) => Err(InvalidTopic::Level),
        TopicName::Stream(Stream::Operators) => Ok(Topic::Operators),
    }
}

#[cfg(test)]
mod tests {
    use domain::task::TaskResult;
    use serde_json::json;
    use testkit::build::{self, NOW};
    use time::Duration;

    use super::*;

    #[test]
    fn a_frame_keeps_the_fields_that_clients_know() {
        let task = build::task(&build::tenant(), "aggregate", json!({}));
        let announcement = Announcement {
            tenant: task.tenant.clone(),
            owner: task.owner.clone(),
            request_id: task.request_id,
            kind: task.kind.clone(),
            tags: vec!["nightly".into()],
            update: task.latest().unwrap().clone(),
            result: Some(TaskResult::Inline { value: json!(7) }),
            trace: None,
        };
        let frame = ServerFrame::Update(Box::new(update(&announcement, None)));
        let expected = json!({
            "type": "update", "request_id": task.request_id.to_string(), "kind": "aggregate",
            "status": "processing", "version": 1, "phase": "queued", "progress": null,
            "attempt": 0, "tags": ["nightly"], "result": 7, "at": "2026-03-01T12:00:00Z",
        });
        assert_eq!(serde_json::to_value(frame).unwrap(), expected);
    }

    #[test]
    fn operators_see_whose_task_it_is_and_not_its_result() {
        let task = build::task(&build::tenant(), "aggregate", json!({}));
        let announcement = Announcement {
            tenant: task.tenant.clone(),
            owner: task.owner.clone(),
            request_id: task.request_id,
            kind: task.kind.clone(),
            tags: vec![],
            update: task.latest().unwrap().clone(),
            result: Some(TaskResult::Inline { value: json!(7) }),
            trace: None,
        };
        let copy = operators_copy(&announcement);
        assert_eq!(copy.tenant, Some(task.tenant.to_string()));
        assert_eq!(copy.stream, Some(Stream::Operators));
        assert_eq!((copy.result, copy.result_url), (None, None));
    }

    #[test]
    fn a_broadcast_is_shown_without_whom_it_is_for() {
        let mut sent = build::broadcast(json!({"text": "hello"}));
        sent.tenant = Some(build::tenant());
        let expected = json!({
            "type": "broadcast", "id": sent.id.to_string(), "message": {"text": "hello"},
            "at": "2026-03-01T12:00:00Z",
        });
        assert_eq!(serde_json::to_value(broadcast(&sent)).unwrap(), expected);
        assert_eq!(sent.at, NOW);
        sent.notice = Notice::Reconnect {
            reason: "deploy".into(),
            within: Duration::MINUTE,
        };
        let expected = json!({"type": "bye", "reason": "deploy", "reconnect_in_ms": 60_000});
        assert_eq!(serde_json::to_value(broadcast(&sent)).unwrap(), expected);
    }

    #[test]
    fn topics_are_the_callers_own() {
        let caller = build::identity(&build::tenant());
        let id = build::request_id();
        let cases = [
            (
                TopicName::Task(id.to_string()),
                Ok(Topic::Task(caller.tenant.clone(), id)),
            ),
            (TopicName::Task("1".into()), Err(InvalidTopic::RequestId)),
            (
                TopicName::Tag("nightly".into()),
                Ok(Topic::Tag(caller.tenant.clone(), "nightly".into())),
            ),
            (TopicName::Tag(" ".into()), Err(InvalidTopic::Tag)),
            (
                TopicName::Logs("error".into()),
                Ok(Topic::Logs(caller.tenant.clone(), "error".into())),
            ),
            (
                TopicName::Logs("*".into()),
                Ok(Topic::Logs(caller.tenant.clone(), "*".into())),
            ),
            (TopicName::Logs(String::new()), Err(InvalidTopic::Level)),
            (
                TopicName::Tag("x".repeat(LONGEST_TAG + 1)),
                Err(InvalidTopic::Tag),
            ),
            (TopicName::Stream(Stream::Operators), Ok(Topic::Operators)),
        ];
        for (name, expected) in cases {
            assert_eq!(topic(&name, &caller), expected);
        }
    }
}
