//! Whatever is written can be read, and reads as the same.

#![expect(
    clippy::expect_used,
    reason = "a test stops at what is not as it should be"
)]

use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use protocol::frames::{ResumedTask, ServerFrame, Stream, TopicName, UpdateFrame};
use protocol::http::{SubmitBody, TaskBody, TaskSummary, UpdateBody};
use protocol::queue::{
    Ask, HangUpMessage, QueuedResult, ReplayMessage, TaskMessage, UpdateMessage, VERSION,
};
use protocol::task::{Phase, Priority, Progress, Status, TaskError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::OffsetDateTime;

fn back<T: Serialize + DeserializeOwned>(written: &T) -> T {
    let text = serde_json::to_string(written).expect("writable");
    serde_json::from_str(&text).expect("readable")
}

fn moment() -> impl Strategy<Value = OffsetDateTime> {
    // 1970 to 9999, to the nanosecond.
    (0..253_402_300_799_999_999_999_i128).prop_map(|nanos| {
        OffsetDateTime::from_unix_timestamp_nanos(nanos).expect("inside the range")
    })
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has finite numbers", |n| n.is_finite())
            .prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    // A null result would read as none at all, so an object is the outermost.
    vec((".{1,6}", leaf), 0..5).prop_map(|fields| json!({"rows": Value::from_iter(fields)}))
}

fn status() -> impl Strategy<Value = Status> {
    proptest::sample::select(vec![
        Status::Processing,
        Status::Completed,
        Status::Failed,
        Status::Cancelled,
        Status::TimedOut,
    ])
}

fn phase() -> impl Strategy<Value = Phase> {
    proptest::sample::select(vec![Phase::Queued, Phase::Running])
}

fn progress() -> impl Strategy<Value = Progress> {
    (0..=100_u8, ".{0,9}").prop_map(|(percent, message)| Progress { percent, message })
}

fn error() -> impl Strategy<Value = TaskError> {
    ("[a-z_]{1,9}", ".{0,9}").prop_map(|(code, message)| TaskError { code, message })
}

prop_compose! {
    fn change()(
        version in any::<u64>(), status in status(), phase in of(phase()),
        progress in of(progress()), attempt in any::<u32>(), error in of(error()), at in moment(),
    ) -> UpdateBody {
        UpdateBody { version, status, phase, progress, attempt, error, at }
    }
}

prop_compose! {
    fn frame()(
        change in change(), request_id in ".{1,9}", kind in ".{1,9}", tags in vec(".{1,9}", 0..3),
        result in of(value()), result_url in of(".{1,9}"), tenant in of(".{1,9}"),
    ) -> UpdateFrame {
        UpdateFrame {
            stream: tenant.is_some().then_some(Stream::Operators),
            tenant,
            request_id, kind, tags, result, result_url,
            status: change.status, version: change.version, phase: change.phase,
            progress: change.progress, attempt: change.attempt, error: change.error, at: change.at,
        }
    }
}

fn topic() -> impl Strategy<Value = TopicName> {
    prop_oneof![
        ".*".prop_map(TopicName::Task),
        ".*".prop_map(TopicName::Tag),
        Just(TopicName::Stream(Stream::Operators)),
    ]
}

fn resumed() -> impl Strategy<Value = ResumedTask> {
    (any::<u64>(), any::<bool>())
        .prop_map(|(version, recovered)| ResumedTask { version, recovered })
}

fn queued_result() -> impl Strategy<Value = QueuedResult> {
    prop_oneof![
        value().prop_map(|value| QueuedResult::Inline { value }),
        (".{1,9}", any::<u64>()).prop_map(|(key, bytes)| QueuedResult::Stored { key, bytes }),
    ]
}

prop_compose! {
    fn update_message()(
        change in change(), request_id in ".{1,9}", kind in ".{1,9}", tags in vec(".{1,9}", 0..3),
        tenant in ".{1,9}", owner in ".{1,9}", retryable in any::<bool>(),
        result in of(queued_result()), trace in of(".{1,9}"),
    ) -> UpdateMessage {
        UpdateMessage {
            v: VERSION, tenant, owner, request_id, kind, tags, retryable, result, trace,
            status: change.status, version: change.version, phase: change.phase,
            progress: change.progress, attempt: change.attempt, error: change.error, at: change.at,
        }
    }
}

prop_compose! {
    fn task_body()(
        updates in vec(change(), 1..4), request_id in ".{1,9}", kind in ".{1,9}",
        tags in vec(".{1,9}", 0..3), created_at in moment(), started_at in of(moment()),
        result in of(value()), input in value(),
    ) -> TaskBody {
        let newest = updates[0].clone();
        let summary = TaskSummary {
            request_id, kind, tags, created_at, started_at, priority: Priority::High,
            run_at: started_at, deadline: started_at,
            status: newest.status, phase: newest.phase, version: newest.version,
            progress: newest.progress, attempt: newest.attempt, error: newest.error,
            updated_at: newest.at, finished_at: started_at,
        };
        TaskBody { summary, input, callback_url: None, result, result_url: None, attempts: vec![], updates, usage: None, cost_usd: None }
    }
}

proptest! {
    #[test]
    fn task_messages(tenant in ".*", request_id in ".*", trace in of(".*"), run_at in of(moment())) {
        let written = TaskMessage { v: VERSION, tenant, request_id, trace, run_at };
        prop_assert_eq!(back(&written), written);
    }

    #[test]
    fn update_messages(written in update_message()) {
        prop_assert_eq!(back(&written), written);
    }

    #[test]
    fn update_frames(frame in frame()) {
        let written = ServerFrame::Update(Box::new(frame));
        prop_assert_eq!(back(&written), written);
    }

    #[test]
    fn pongs_and_errors(at in moment(), code in ".*", message in ".*") {
        for written in [ServerFrame::Pong { at }, ServerFrame::Error { code, message }] {
            prop_assert_eq!(back(&written), written);
        }
    }

    #[test]
    fn answers(topic in topic(), version in of(any::<u64>()), recovered in any::<bool>(),
               tasks in btree_map(".*", resumed(), 0..4)) {
        for written in [
            ServerFrame::Subscribed { topic: topic.clone(), version },
            ServerFrame::Unsubscribed { topic },
            ServerFrame::Resumed { recovered, tasks },
        ] {
            prop_assert_eq!(back(&written), written);
        }
    }

    #[test]
    fn requests_to_the_pusher(tenant in ".*", connection_id in ".*",
                              tasks in btree_map(".*", any::<u64>(), 0..4),
                              done in btree_map(".*", resumed(), 0..4)) {
        let hang_up = HangUpMessage { v: VERSION, ask: Ask::HangUp, connection_id: connection_id.clone() };
        prop_assert_eq!(back(&hang_up), hang_up);
        let replay = ReplayMessage { v: VERSION, ask: Ask::Replay, tenant, connection_id, tasks, done };
        prop_assert_eq!(back(&replay), replay);
    }

    #[test]
    fn task_bodies(written in task_body()) {
        prop_assert_eq!(back(&written), written);
    }

    #[test]
    fn submissions(
        kind in ".*", input in value(), tags in vec(".*", 0..3), delay in of(any::<u32>()),
        run_at in of(moment()), callback_url in of(".*"),
    ) {
        let written = SubmitBody {
            kind, input, tags, delay, run_at, callback_url,
            priority: Priority::High, deadline: run_at,
        };
        prop_assert_eq!(back(&written), written);
    }
}
