//! What messages of the updates queue ask the pusher for.

use domain::broadcast::Part;
use domain::feed::Posting;
use domain::ports::Announcement;
use domain::{ConnectionId, Replay, Resumed};
use protocol::frames::ResumedTask;
use protocol::queue::{Ask, HangUpMessage, ReplayMessage, VERSION};
use serde::Deserialize;

use super::broadcast::part;
use super::posting::posting;
use super::{Unreadable, check_version, read, read_update};

/// A message of the updates queue.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Push an update to everybody who listens.
    Push(Box<Announcement>),
    /// Post what a connection has missed.
    Replay(Replay),
    /// Close a connection.
    HangUp(ConnectionId),
    /// Push a part of a broadcast.
    Broadcast(Box<Part>),
    /// Post a text to everybody who listens to a feed.
    Post(Posting),
}

#[derive(Deserialize)]
struct Envelope {
    v: u64,
    ask: Option<Ask>,
}

/// Reads a message's body.
pub fn read_request(body: &str) -> Result<Request, Unreadable> {
    let envelope: Envelope = serde_json::from_str(body).map_err(|error| version_of(body, error))?;
    check_version(envelope.v)?;
    match envelope.ask {
        None => read_update(body).map(|update| Request::Push(Box::new(update))),
        Some(Ask::Replay) => read_replay(read(body)?).map(Request::Replay),
        Some(Ask::HangUp) => {
            let message: HangUpMessage = read(body)?;
            Ok(Request::HangUp(ConnectionId::new(message.connection_id)?))
        }
        Some(Ask::Broadcast) => part(read(body)?).map(|part| Request::Broadcast(Box::new(part))),
        Some(Ask::Post) => posting(read(body)?).map(Request::Post),
    }
}

/// A newer release may ask for what we do not know: its version says so.
fn version_of(body: &str, error: serde_json::Error) -> Unreadable {
    read::<serde::de::IgnoredAny>(body)
        .err()
        .unwrap_or(Unreadable::Malformed(error))
}

/// The message that asks for a replay.
pub fn replay_message(replay: &Replay) -> ReplayMessage {
    let tasks = replay.tasks.iter();
    let done = replay.done.iter();
    ReplayMessage {
        v: VERSION,
        ask: Ask::Replay,
        tenant: replay.tenant.to_string(),
        connection_id: replay.connection.to_string(),
        tasks: tasks.map(|(id, seen)| (id.to_string(), *seen)).collect(),
        done: done
            .map(|(id, resumed)| (id.to_string(), crate::frame::resumed_task(*resumed)))
            .collect(),
    }
}

/// The message that asks for a connection to be closed.
pub fn hang_up_message(id: &ConnectionId) -> HangUpMessage {
    HangUpMessage {
        v: VERSION,
        ask: Ask::HangUp,
        connection_id: id.to_string(),
    }
}

fn read_replay(message: ReplayMessage) -> Result<Replay, Unreadable> {
    let mut replay = Replay {
        tenant: message.tenant.parse()?,
        connection: message.connection_id.parse()?,
        tasks: [].into(),
        done: [].into(),
    };
    for (id, seen) in message.tasks {
        replay.tasks.insert(id.parse()?, seen);
    }
    for (id, task) in message.done {
        replay.done.insert(id.parse()?, read_resumed(task));
    }
    Ok(replay)
}

fn read_resumed(task: ResumedTask) -> Resumed {
    Resumed {
        version: task.version,
        recovered: task.recovered,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::{RequestId, TenantId};
    use proptest::collection::btree_map;
    use proptest::prelude::*;
    use testkit::build;
    use uuid::Uuid;

    use super::*;
    use crate::queue::update_message;

    fn any_id() -> impl Strategy<Value = RequestId> {
        any::<u128>().prop_map(|id| RequestId::new(Uuid::from_u128(id)))
    }

    fn any_resumed() -> impl Strategy<Value = Resumed> {
        (any::<u64>(), any::<bool>())
            .prop_map(|(version, recovered)| Resumed { version, recovered })
    }

    prop_compose! {
        fn any_replay()(
            tenant in "[A-Za-z0-9_=.@:+-]{1,128}", connection in "[A-Za-z0-9_=.@:+-]{1,128}",
            tasks in btree_map(any_id(), any::<u64>(), 0..9),
            done in btree_map(any_id(), any_resumed(), 0..9),
        ) -> Replay {
            Replay {
                tenant: TenantId::new(tenant).unwrap(),
                connection: ConnectionId::new(connection).unwrap(),
                tasks,
                done,
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(replay in any_replay()) {
            let body = serde_json::to_string(&replay_message(&replay)).unwrap();
            prop_assert_eq!(read_request(&body).unwrap(), Request::Replay(replay.clone()));
            let body = serde_json::to_string(&hang_up_message(&replay.connection)).unwrap();
            prop_assert_eq!(read_request(&body).unwrap(), Request::HangUp(replay.connection));
        }

        #[test]
        fn no_body_is_too_strange(body in ".*") {
            prop_assert!(read_request(&body).is_err());
        }
    }

    #[test]
    fn an_update_is_told_by_asking_for_nothing() {
        let task = build::task(&build::tenant(), "aggregate", serde_json::json!({}));
        let update = Announcement {
            tenant: task.tenant.clone(),
            owner: task.owner.clone(),
            request_id: task.request_id,
            kind: task.kind.clone(),
            tags: vec![],
            update: task.latest().unwrap().clone(),
            result: None,
            trace: None,
        };
        let body = serde_json::to_string(&update_message(&update)).unwrap();
        assert_eq!(
            read_request(&body).unwrap(),
            Request::Push(Box::new(update))
        );
    }

    #[test]
    fn a_newer_release_is_told_apart_from_damage_and_names_are_checked() {
        let newer = r#"{"v":2,"ask":"dance"}"#;
        let refused = read_request(newer);
        assert!(
            matches!(refused, Err(Unreadable::UnknownVersion(2))),
            "{refused:?}"
        );
        for damaged in [
            "",
            "[]",
            "{}",
            r#"{"v":1,"ask":"dance"}"#,
            r#"{"v":1,"ask":"replay"}"#,
            r#"{"v":1,"ask":"broadcast"}"#,
            r#"{"v":1,"ask":"post","feed":"operators"}"#,
            r#"{"v":1,"ask":"post","feed":"all","text":""}"#,
        ] {
            let refused = read_request(damaged);
            assert!(
                matches!(refused, Err(Unreadable::Malformed(_))),
                "{damaged}"
            );
        }
        let replay = Replay {
            tenant: build::tenant(),
            connection: build::connection_id(),
            tasks: BTreeMap::new(),
            done: BTreeMap::new(),
        };
        let mut message = replay_message(&replay);
        message.tasks.insert("1".into(), 1);
        let body = serde_json::to_string(&message).unwrap();
        assert!(matches!(read_request(&body), Err(Unreadable::InvalidId(_))));
    }
}
