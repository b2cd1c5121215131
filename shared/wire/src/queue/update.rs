//! The message that asks the pusher to push an update.

use domain::ports::Announcement;
use domain::task::{TaskResult, Update};
use domain::{Failure, Retry, TenantId, UserId};
use protocol::queue::{QueuedResult, UpdateMessage, VERSION};
use protocol::task::TaskError;

use super::{Unreadable, check_version, read, read_trace};
use crate::part;

/// The message that asks for the announcement to be pushed.
pub fn update_message(announcement: &Announcement) -> UpdateMessage {
    let update = &announcement.update;
    UpdateMessage {
        v: VERSION,
        tenant: announcement.tenant.to_string(),
        owner: announcement.owner.to_string(),
        request_id: announcement.request_id.to_string(),
        kind: announcement.kind.clone(),
        tags: announcement.tags.clone(),
        version: update.version,
        status: part::status(update.status),
        phase: update.phase.map(part::phase),
        progress: update.progress.as_ref().map(part::progress),
        attempt: update.attempt,
        error: update.error.as_ref().map(part::error),
        retryable: update
            .error
            .as_ref()
            .is_some_and(|error| error.retry.may_help()),
        at: update.at,
        result: announcement.result.as_ref().map(result),
        trace: announcement.trace.map(String::from),
    }
}

/// Reads a message's body.
pub fn read_update(body: &str) -> Result<Announcement, Unreadable> {
    announcement(read(body)?)
}

/// What a message asks to be pushed.
pub fn announcement(message: UpdateMessage) -> Result<Announcement, Unreadable> {
    check_version(u64::from(message.v))?;
    let retry = if message.retryable {
        Retry::Transient
    } else {
        Retry::Permanent
    };
    Ok(Announcement {
        tenant: TenantId::new(message.tenant)?,
        owner: UserId::new(message.owner)?,
        request_id: message.request_id.parse()?,
        kind: message.kind,
        tags: message.tags,
        update: Update {
            version: message.version,
            status: part::read_status(message.status),
            phase: message.phase.map(part::read_phase),
            progress: message.progress.map(part::read_progress),
            attempt: message.attempt,
            error: message.error.map(|error| failure(error, retry)),
            at: message.at,
        },
        result: message.result.map(read_result),
        trace: read_trace(message.trace.as_deref()),
    })
}

fn failure(error: TaskError, retry: Retry) -> Failure {
    Failure {
        code: error.code,
        message: error.message,
        retry,
    }
}

fn result(result: &TaskResult) -> QueuedResult {
    match result.clone() {
        TaskResult::Inline { value } => QueuedResult::Inline { value },
        TaskResult::Stored { key, bytes } => QueuedResult::Stored { key, bytes },
    }
}

fn read_result(result: QueuedResult) -> TaskResult {
    match result {
        QueuedResult::Inline { value } => TaskResult::Inline { value },
        QueuedResult::Stored { key, bytes } => TaskResult::Stored { key, bytes },
    }
}

#[cfg(test)]
mod tests {
    use domain::RequestId;
    use domain::task::{Phase, Progress, Status};
    use proptest::option;
    use proptest::prelude::*;
    use serde_json::json;
    use testkit::ambient::Counting;
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;

    fn any_failure() -> impl Strategy<Value = Failure> {
        (".*", ".*", any::<bool>()).prop_map(|(code, message, transient)| {
            if transient {
                Failure::transient(code, message)
            } else {
                Failure::permanent(code, message)
            }
        })
    }

    fn any_result() -> impl Strategy<Value = TaskResult> {
        prop_oneof![
            (any::<i64>(), ".*").prop_map(|(count, name)| TaskResult::Inline {
                value: json!({"rows": [{"count": count, "name": name}]})
            }),
            (".*", any::<u64>()).prop_map(|(key, bytes)| TaskResult::Stored { key, bytes }),
        ]
    }

    fn any_progress() -> impl Strategy<Value = Progress> {
        (0..=100_u8, ".*").prop_map(|(percent, message)| Progress { percent, message })
    }

    fn any_update() -> impl Strategy<Value = Update> {
        (
            any::<u64>(),
            prop::sample::select(Status::ALL.to_vec()),
            option::of(prop::sample::select(vec![Phase::Queued, Phase::Running])),
            option::of(any_progress()),
            any::<u32>(),
            option::of(any_failure()),
            0..4_102_444_800_000_000_000_i128,
        )
            .prop_map(
                |(version, status, phase, progress, attempt, error, nanos)| Update {
                    version,
                    status,
                    phase,
                    progress,
                    attempt,
                    error,
                    at: OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap(),
                },
            )
    }

    fn any_announcement() -> impl Strategy<Value = Announcement> {
        (
            "[A-Za-z0-9_=.@:+-]{1,128}",
            "[A-Za-z0-9_=.@:+-]{1,128}",
            any::<u128>(),
            ".*",
            prop::collection::vec(".*", 0..4),
            any_update(),
            (option::of(any_result()), any::<bool>()),
        )
            .prop_map(
                |(tenant, owner, id, kind, tags, update, (result, traced))| Announcement {
                    tenant: TenantId::new(tenant).unwrap(),
                    owner: UserId::new(owner).unwrap(),
                    request_id: RequestId::new(Uuid::from_u128(id)),
                    kind,
                    tags,
                    update,
                    result,
                    trace: traced.then(|| domain::Trace::begin(&Counting::default())),
                },
            )
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(announcement in any_announcement()) {
            let body = serde_json::to_string(&update_message(&announcement)).unwrap();
            prop_assert_eq!(read_update(&body).unwrap(), announcement);
        }
    }

    #[test]
    fn a_newer_version_is_told_apart_from_damage() {
        let newer = r#"{"v":9}"#;
        assert!(matches!(
            read_update(newer),
            Err(Unreadable::UnknownVersion(9))
        ));
        assert!(matches!(
            read_update(r#"{"v":1}"#),
            Err(Unreadable::Malformed(_))
        ));
    }
}
