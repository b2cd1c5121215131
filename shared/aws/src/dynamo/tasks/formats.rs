//! Tasks' items as releases have recorded them: a table holds what any release of the last month wrote.

use domain::task::{Lease, Priority, Progress, State, TaskResult, Terms, Update};
use domain::{Failure, LeaseToken, RequestId, Task, TenantId, Usage, UserId};
use serde_json::json;
use testkit::build::{self, NOW};
use uuid::uuid;

use super::item::TaskItem;
use super::item_of;
use super::late_usage::read as read_usage;
use crate::dynamo::recorded::{hold, readable};

fn in_state(state: State) -> Task {
    let tenant = TenantId::new("acme").unwrap();
    let submitted = build::task(&tenant, "aggregate", json!({"window": "all"}));
    let failed = Failure::transient("store_unavailable", "mongodb did not answer");
    Task {
        request_id: RequestId::new(uuid!("01890a5d-ac96-774b-bcce-b302099a8057")),
        owner: UserId::new("ada").unwrap(),
        tags: vec!["nightly".into()],
        terms: Terms {
            priority: Priority::High,
            run_at: Some(NOW),
            deadline: Some(NOW + time::Duration::HOUR),
            callback_url: Some("https://example.com/hook".into()),
        },
        version: 3,
        trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            .parse()
            .ok(),
        again_at: Some(NOW),
        usage: Usage::lambda(1_000, 256),
        progress: Some(Progress {
            percent: 40,
            message: "grouping".into(),
        }),
        attempt: 2,
        tries: 1,
        started_at: Some(NOW),
        finished_at: Some(NOW),
        updates: vec![Update {
            error: Some(failed),
            ..submitted.updates[0].clone()
        }],
        state,
        ..submitted
    }
}

#[test]
fn tasks_in_every_state_are_as_recorded() {
    let failure = Failure::permanent("invalid_input", "window is missing");
    let lease = Lease {
        token: LeaseToken::new(uuid!("01890a5d-ac96-774b-bcce-b302099a8058")),
        until: NOW,
    };
    let inline = TaskResult::Inline {
        value: json!({"rows": []}),
    };
    let stored = TaskResult::Stored {
        key: "acme/results/01890a5d-ac96-774b-bcce-b302099a8057/2.json".into(),
        bytes: 40_000,
    };
    let states: [(_, _, &'static [&'static str]); 7] = [
        ("queued", State::Queued, &["/progress/M", "/updates/L/0/M"]),
        ("running", State::Running { lease }, &["/usage/M"]),
        ("completed-inline", State::Completed { result: inline }, &[]),
        ("completed-stored", State::Completed { result: stored }, &[]),
        (
            "failed",
            State::Failed {
                failure: failure.clone(),
            },
            &["/failure/M", "/updates/L/0/M/error/M"],
        ),
        ("cancelled", State::Cancelled, &[]),
        ("timed-out", State::TimedOut { failure }, &["/failure/M"]),
    ];
    for (name, state, open) in states {
        hold(
            &format!("task-{name}"),
            &in_state(state),
            |task| item_of(task).unwrap(),
            |item| TaskItem::from_item(item)?.into_task(),
            open,
        );
    }
}

#[test]
fn a_task_that_was_retried_is_as_recorded() {
    let retried = Task {
        used_before: Usage::lambda(500, 256),
        ..in_state(State::Queued)
    };
    hold(
        "task-retried",
        &retried,
        |task| item_of(task).unwrap(),
        |item| TaskItem::from_item(item)?.into_task(),
        &["/used_before/M"],
    );
}

#[test]
fn usage_that_became_known_later_is_read_as_recorded() {
    let used = Usage {
        sqs_requests: 2,
        websocket_messages: 3,
        ..Usage::default()
    };
    readable("late-usage", &used, read_usage);
}
