//! Whatever a task's state, its item reads back as the same task.

use domain::task::{Lease, Priority, Progress, State, TaskResult, Terms};
use domain::{Failure, LeaseToken, Task};
use proptest::prelude::*;
use serde_json::{Value, json};
use testkit::ambient::Counting;
use testkit::build;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::item::TaskItem;

fn moment() -> impl Strategy<Value = OffsetDateTime> {
    (0..4_102_444_800_000_000_000_i128)
        .prop_map(|nanos| OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap())
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    // Deeper than DynamoDB nests.
    let nested = leaf.prop_map(|leaf| (0..40).fold(leaf, |inner, _| json!([inner])));
    nested.prop_map(|inner| json!({"": inner}))
}

fn any_failure() -> impl Strategy<Value = Failure> {
    (".*", ".*").prop_map(|(code, message)| Failure::transient(code, message))
}

fn any_state() -> impl Strategy<Value = State> {
    let lease = (any::<u128>(), moment()).prop_map(|(token, until)| Lease {
        token: LeaseToken::new(Uuid::from_u128(token)),
        until,
    });
    let inline = any_json().prop_map(|value| TaskResult::Inline { value });
    let stored = (".*", any::<u64>()).prop_map(|(key, bytes)| TaskResult::Stored { key, bytes });
    prop_oneof![
        Just(State::Queued),
        Just(State::Cancelled),
        lease.prop_map(|lease| State::Running { lease }),
        inline.prop_map(|result| State::Completed { result }),
        stored.prop_map(|result| State::Completed { result }),
        any_failure().prop_map(|failure| State::Failed { failure }),
        any_failure().prop_map(|failure| State::TimedOut { failure }),
    ]
}

fn any_terms() -> impl Strategy<Value = Terms> {
    let moments = (prop::option::of(moment()), prop::option::of(moment()));
    (any::<bool>(), moments, prop::option::of(".*")).prop_map(
        |(high, (run_at, deadline), callback_url)| Terms {
            priority: Priority::ALL[usize::from(high)],
            run_at,
            deadline,
            callback_url,
        },
    )
}

fn any_task() -> impl Strategy<Value = Task> {
    (
        any_json(),
        any_state(),
        any::<u64>(),
        any::<(u32, u32)>(),
        prop::option::of((0..=100_u8, ".*")),
        (prop::collection::vec(".*", 0..4), any_terms()),
        moment(),
        prop::option::of(moment()),
        prop::option::of(any_failure()),
    )
        .prop_map(
            |(
                input,
                state,
                version,
                (attempt, tries),
                progress,
                (tags, terms),
                at,
                ended,
                error,
            )| {
                let mut task = build::task(&build::tenant(), "aggregate", input);
                task.updates[0].error = error;
                task.progress = progress.map(|(percent, message)| Progress { percent, message });
                Task {
                    state,
                    version,
                    attempt,
                    tries,
                    tags,
                    terms,
                    updated_at: at,
                    started_at: Some(at),
                    finished_at: ended,
                    trace: ended.map(|_| domain::Trace::begin(&Counting::default())),
                    again_at: ended,
                    usage: domain::Usage::lambda(version, attempt),
                    used_before: domain::Usage::lambda(version / 2, attempt),
                    ..task
                }
            },
        )
}

proptest! {
    #[test]
    fn an_item_reads_back_as_its_task(task in any_task()) {
        let item = TaskItem::of(&task).into_item().unwrap();
        let read = TaskItem::from_item(item).unwrap();
        prop_assert_eq!(read.into_task().unwrap(), task);
    }

    #[test]
    fn a_listed_item_is_the_task_without_its_bulk(task in any_task()) {
        let mut item = TaskItem::of(&task).into_item().unwrap();
        item.retain(|name, _| TaskItem::LISTED.contains(&name.as_str()));
        let mut bare = task;
        bare.input = Value::Null;
        bare.updates.clear();
        if let State::Completed { result: TaskResult::Inline { value } } = &mut bare.state {
            *value = Value::Null;
        }
        prop_assert_eq!(TaskItem::from_item(item).unwrap().into_task().unwrap(), bare);
    }
}

#[test]
fn an_item_expires_thirty_days_after_the_last_change() {
    let task = build::task(&build::tenant(), "aggregate", json!({}));
    let expected = (task.updated_at + Duration::days(30)).unix_timestamp();
    assert_eq!(TaskItem::of(&task).expires_at, expected);
}
