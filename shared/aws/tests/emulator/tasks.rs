use std::sync::Arc;

use aws::dynamo::Tasks;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ports::{PortError, TaskIndex, TaskQuery, TaskStore};
use domain::task::TaskResult;
use serde_json::json;
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::contract::task_index::Indexed;
use testkit::contract::{late_usage, spent_tasks, task_index, task_store, task_watch};
use time::Duration;

use crate::place::{Place, local};

const KEYS: [&str; 2] = ["tenant", "request_id"];

fn tasks(place: &Place, table: String) -> Tasks {
    Tasks::new(&place.sdk, table, Arc::new(FixedClock::at(NOW)))
}

#[tokio::test]
async fn tasks_are_a_task_store() {
    let place = local().await;
    let test = async |table| task_store::all(&tasks(&place, table), &build::tenant()).await;
    place.with_table(&KEYS, test).await;
}

#[tokio::test]
async fn tasks_take_late_usage() {
    let place = local().await;
    let test = async |table| late_usage::all(&tasks(&place, table), &build::tenant()).await;
    place.with_table(&KEYS, test).await;
}

#[tokio::test]
async fn tasks_tell_what_was_spent() {
    let place = local().await;
    let test = async |table| spent_tasks::all(&tasks(&place, table), &build::tenant()).await;
    place.with_table(&KEYS, test).await;
}

#[tokio::test]
async fn tasks_can_be_watched() {
    let place = local().await;
    let test = async |table| {
        let tasks = tasks(&place, table);
        let watched = task_watch::Watched {
            store: &tasks,
            watch: &tasks,
        };
        task_watch::all(watched, &build::tenant()).await;
    };
    place.with_table(&KEYS, test).await;
}

#[tokio::test]
async fn tasks_are_a_task_index() {
    let place = local().await;
    let test = async |table| {
        let tasks = tasks(&place, table);
        let indexed = Indexed {
            store: &tasks,
            index: &tasks,
        };
        task_index::all(indexed, &build::tenant()).await;
    };
    place.with_table(&KEYS, test).await;
}

/// `DynamoDB` deletes expired items days later.
#[tokio::test]
async fn a_task_is_gone_thirty_days_after_its_last_change() {
    let place = local().await;
    let test = async |table: String| {
        let clock = Arc::new(FixedClock::at(NOW));
        let tasks = Tasks::new(&place.sdk, table, clock.clone());
        let tenant = build::tenant();
        let task = build::task(&tenant, "aggregate", json!({}));
        tasks.create(&task).await.unwrap();
        for (wait, there) in [
            (Duration::days(30) - Duration::SECOND, true),
            (Duration::SECOND, false),
        ] {
            clock.advance(wait);
            let loaded = tasks.load(&tenant, task.request_id).await.unwrap();
            assert_eq!(loaded.is_some(), there, "loaded after {wait}");
            let page = tasks.list(&everything(&tenant)).await.unwrap();
            assert_eq!(page.items.len(), usize::from(there), "listed after {wait}");
        }
    };
    place.with_table(&KEYS, test).await;
}

fn everything(tenant: &domain::TenantId) -> TaskQuery {
    TaskQuery {
        tenant: tenant.clone(),
        status: None,
        kind: None,
        tag: None,
        since: None,
        before: None,
        limit: 10,
    }
}

/// A rare match behind 12 MB is beyond one call, which then gives an empty page and a cursor.
#[tokio::test]
async fn a_call_reads_a_bounded_amount() {
    let place = local().await;
    let test = async |table| {
        let tasks = tasks(&place, table);
        let tenant = build::tenant();
        let rare = build::task(&tenant, "rare", json!({}));
        tasks.create(&rare).await.unwrap();
        for _ in 0..40 {
            let other = build::task(&tenant, "aggregate", json!("x".repeat(300 * 1024)));
            tasks.create(&other).await.unwrap();
        }
        let mut query = everything(&tenant);
        query.kind = Some("rare".into());
        let first = tasks.list(&query).await.unwrap();
        assert_eq!(first.items, []);
        query.before = first.next;
        assert!(query.before.is_some(), "the search goes on");
        let second = tasks.list(&query).await.unwrap();
        assert_eq!(second.items[0].request_id, rare.request_id);
        assert_eq!(second.next, None);
    };
    place.with_table(&KEYS, test).await;
}

#[tokio::test]
async fn a_task_beyond_the_item_size_is_refused() {
    let place = local().await;
    let test = async |table| {
        let task = build::task(&build::tenant(), "aggregate", json!("x".repeat(450 * 1024)));
        let outcome = tasks(&place, table).create(&task).await;
        assert!(
            matches!(outcome, Err(PortError::Broken { .. })),
            "{outcome:?}"
        );
    };
    place.with_table(&KEYS, test).await;
}

#[tokio::test]
async fn a_missing_table_is_no_conflict() {
    let place = local().await;
    let tasks = tasks(&place, "no-such-table".into());
    let outcome = tasks.load(&build::tenant(), build::request_id()).await;
    assert!(
        matches!(outcome, Err(PortError::Broken { .. })),
        "{outcome:?}"
    );
}

/// The SDK repeats a write whose answer was lost; the repetition must not look like a rival.
#[tokio::test]
async fn the_same_write_twice_is_one_write() {
    let place = local().await;
    let test = async |table| {
        let tasks = tasks(&place, table);
        let mut task = build::task(&build::tenant(), "aggregate", json!({"window": "all"}));
        let token = build::lease_token();
        for _ in 0..2 {
            tasks.create(&task).await.unwrap();
        }
        task.claim(token, NOW, Duration::SECOND).unwrap();
        for _ in 0..2 {
            tasks.replace(&task, 1).await.unwrap();
        }
    };
    place.with_table(&KEYS, test).await;
}

/// What operators and the sweep read from the table by other means.
#[tokio::test]
async fn an_item_is_laid_out_for_readers() {
    let place = local().await;
    let test = async |table: String| {
        let mut task = build::task(&build::tenant(), "aggregate", json!({"window": "all"}));
        task.tags = vec!["nightly".into()];
        let token = build::lease_token();
        task.claim(token, NOW, Duration::SECOND).unwrap();
        tasks(&place, table.clone()).create(&task).await.unwrap();
        let running = only_item(&place, &table).await;
        assert_eq!(running["v"], AttributeValue::N("1".into()));
        assert_eq!(running["status"], text("processing"));
        assert_eq!(running["phase"], text("running"));
        assert_eq!(running["kind"], text("aggregate"));
        assert_eq!(running["version"], AttributeValue::N("2".into()));
        assert_eq!(running["tags"], AttributeValue::L(vec![text("nightly")]));
        assert_eq!(running["lease_token"], text(&token.to_string()));
        assert_eq!(running["lease_until"], text("2026-03-01T12:00:01Z"));
        // 12:02, on one of the shards.
        assert_eq!(
            running["attention_at"],
            AttributeValue::N("1772366520".into())
        );
        assert!(running.contains_key("attention"));
        assert_eq!(running["input"], text(r#"{"window":"all"}"#));
        let result = TaskResult::Inline { value: json!(7) };
        task.complete(token, result, NOW).unwrap();
        tasks(&place, table.clone())
            .replace(&task, 2)
            .await
            .unwrap();
        let completed = only_item(&place, &table).await;
        assert_eq!(completed["result"], text("7"));
        for gone in ["lease_token", "attention", "attention_at"] {
            assert!(!completed.contains_key(gone), "{gone} is left");
        }
    };
    place.with_table(&KEYS, test).await;
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

async fn only_item(
    place: &Place,
    table: &str,
) -> std::collections::HashMap<String, AttributeValue> {
    let client = aws_sdk_dynamodb::Client::new(&place.config);
    let scan = client.scan().table_name(table).send().await.unwrap();
    scan.items().first().unwrap().clone()
}
