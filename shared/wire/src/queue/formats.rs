//! Messages as releases have recorded them, in `formats/`: a queue holds those of the release before
//! for as long as it keeps any.

use domain::broadcast::{Addressees, Broadcast, BroadcastId, Notice, Part, Shard};
use domain::feed::{Feed, Posting};
use domain::ports::{Announcement, Job};
use domain::task::{Phase, Priority, Progress, Status, TaskResult, Update};
use domain::{
    Callback, ConnectionId, Failure, Replay, RequestId, Resumed, TenantId, Trace, UserId,
};
use serde::Serialize;
use serde_json::{Value, json};
use testkit::build::NOW;
use testkit::formats::{Codec, Forms};
use time::Duration;
use uuid::uuid;

use super::*;

fn tenant() -> TenantId {
    TenantId::new("acme").unwrap()
}

fn id() -> RequestId {
    RequestId::new(uuid!("01890a5d-ac96-774b-bcce-b302099a8057"))
}

fn trace() -> Trace {
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        .parse()
        .unwrap()
}

fn connection() -> ConnectionId {
    ConnectionId::new("L0SM9cOFIAMCIdw=").unwrap()
}

/// A message, written and read as the queues do, is as recorded; and one of a newer version is refused
/// as that, whatever else is in it.
fn hold<T, M: Serialize>(
    name: &str,
    value: &T,
    write: impl Fn(&T) -> M,
    read: impl Fn(&str) -> Result<T, Unreadable>,
    open: &'static [&'static str],
) where
    T: PartialEq + std::fmt::Debug,
{
    let codec = Codec {
        write: |value: &T| serde_json::to_value(write(value)).unwrap(),
        read: |form: &Value| read(&form.to_string()),
        open,
    };
    let written = Forms::of(env!("CARGO_MANIFEST_DIR")).hold(name, value, &codec);
    for newer in [json!({"v": 2}), {
        let mut newer = written;
        newer["v"] = json!(2);
        newer
    }] {
        let refused = read(&newer.to_string());
        assert!(
            matches!(refused, Err(Unreadable::UnknownVersion(2))),
            "{name}: {refused:?}"
        );
    }
}

#[test]
fn a_task_is_asked_for_as_recorded() {
    let task = TaskRef {
        tenant: tenant(),
        request_id: id(),
        trace: Some(trace()),
    };
    // The reader takes no more of it than this.
    let write = |task: &TaskRef| {
        task_message(&Job {
            tenant: task.tenant.clone(),
            request_id: task.request_id,
            priority: Priority::High,
            created_at: NOW,
            run_at: Some(NOW),
            trace: task.trace,
        })
    };
    hold("task", &task, write, read_task, &[]);
}

#[test]
fn a_callback_is_asked_for_as_recorded() {
    let callback = Callback {
        tenant: tenant(),
        request_id: id(),
        version: 4,
        trace: Some(trace()),
    };
    hold("callback", &callback, callback_message, read_callback, &[]);
}

fn pushed(result: Option<TaskResult>, status: Status, error: Option<Failure>) -> Announcement {
    let running = status == Status::Processing;
    Announcement {
        tenant: tenant(),
        owner: UserId::new("ada").unwrap(),
        request_id: id(),
        kind: "aggregate".into(),
        tags: vec!["nightly".into()],
        update: Update {
            version: 3,
            status,
            phase: running.then_some(Phase::Running),
            progress: running.then(|| Progress {
                percent: 40,
                message: "grouping".into(),
            }),
            attempt: 1,
            error,
            at: NOW,
        },
        result,
        trace: Some(trace()),
    }
}

#[test]
fn updates_are_as_recorded() {
    let inline = TaskResult::Inline {
        value: json!({"rows": [{"count": 2}]}),
    };
    let stored = TaskResult::Stored {
        key: format!("acme/results/{}/1.json", id()),
        bytes: 40_000,
    };
    let failed = Failure::transient("store_unavailable", "mongodb did not answer");
    let forms: [(_, _, &'static [&'static str]); 4] = [
        (
            "update-progress",
            pushed(None, Status::Processing, None),
            &["/progress"],
        ),
        (
            "update-inline",
            pushed(Some(inline), Status::Completed, None),
            &["/result"],
        ),
        (
            "update-stored",
            pushed(Some(stored), Status::Completed, None),
            &["/result"],
        ),
        (
            "update-failed",
            pushed(None, Status::Failed, Some(failed)),
            &["/error"],
        ),
    ];
    for (name, update, open) in forms {
        hold(name, &update, update_message, read_update, open);
    }
}

#[test]
fn requests_to_the_pusher_are_as_recorded() {
    let replay = Replay {
        tenant: tenant(),
        connection: connection(),
        tasks: [(id(), 3)].into(),
        done: [(
            id(),
            Resumed {
                version: 5,
                recovered: true,
            },
        )]
        .into(),
    };
    let done = "/done/01890a5d-ac96-774b-bcce-b302099a8057";
    let open: &'static [&'static str] = Box::leak(Box::new([done]));
    let write = |request: &Request| match request {
        Request::Push(update) => serde_json::to_value(update_message(update)),
        Request::Replay(replay) => serde_json::to_value(replay_message(replay)),
        Request::HangUp(id) => serde_json::to_value(hang_up_message(id)),
        Request::Broadcast(part) => serde_json::to_value(broadcast_message(part)),
        Request::Post(posting) => serde_json::to_value(post_message(posting)),
    };
    let write = |request: &Request| write(request).unwrap();
    let read = read_request;
    hold("replay", &Request::Replay(replay), write, read, open);
    hold("hang-up", &Request::HangUp(connection()), write, read, &[]);
    let message = Notice::Message(json!({"text": "back at noon"}));
    let reconnect = Notice::Reconnect {
        reason: "a new release".into(),
        within: Duration::seconds(60),
    };
    let shard = Addressees::Shard {
        shard: Shard::numbered(3),
        after: Some(connection()),
    };
    let named = Addressees::Named {
        ids: vec![connection()],
        round: 2,
    };
    for (name, notice, to) in [
        ("broadcast-shard", message, shard),
        ("broadcast-named", reconnect, named),
    ] {
        let broadcast = Broadcast {
            id: BroadcastId::new(uuid!("01890a5d-ac96-774b-bcce-b302099a8058")),
            notice,
            tenant: Some(tenant()),
            at: NOW,
            trace: Some(trace()),
        };
        let part = Request::Broadcast(Box::new(Part { broadcast, to }));
        hold(name, &part, write, read, &["/broadcast"]);
    }
    for (name, feed) in [
        ("post-operators", Feed::Operators),
        ("post-logs", Feed::Logs(tenant(), "error".into())),
    ] {
        let text = "{}".into();
        hold(
            name,
            &Request::Post(Posting { feed, text }),
            write,
            read,
            &[],
        );
    }
}
