//! Announcements and broadcasts as WebSocket frames.

use domain::broadcast::{Broadcast, Notice};
use domain::ports::{Announcement, ResultLink};
use protocol::frames::{ServerFrame, UpdateFrame};

use crate::part;
use crate::task::result_fields;

/// The frame that subscribers see. `link` leads to a result that is kept elsewhere.
pub fn update(announcement: &Announcement, link: Option<&ResultLink>) -> UpdateFrame {
    let update = &announcement.update;
    let (result, result_url) = result_fields(announcement.result.as_ref(), link);
    UpdateFrame {
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
}
