//! The contract of [`ActivityStore`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::{ActivityCounts, ActivityStore};
use domain::{Event, TenantId};
use futures::future::join_all;
use serde_json::json;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::beside;
use crate::build::{NOW, event, request, session};

/// A moment far before [`NOW`], as replayed logs have it.
const THEN: OffsetDateTime = datetime!(2017-05-16 00:00 UTC);

fn text(moment: OffsetDateTime) -> String {
    moment.format(&Rfc3339).unwrap()
}

fn start(id: &str, at: OffsetDateTime) -> Event {
    session(&format!("{id}-start"), &text(at), id, "start")
}

fn end(id: &str, at: OffsetDateTime) -> Event {
    session(&format!("{id}-end"), &text(at), id, "end")
}

async fn assert_counts(store: &dyn ActivityStore, tenant: &TenantId, users: u64, active: u64) {
    let expected = ActivityCounts {
        user_count: users,
        active_sessions: active,
    };
    assert_eq!(store.counts(tenant, NOW).await.unwrap(), expected);
}

/// A tenant that nothing is known of has nobody; so has one after an empty batch.
pub async fn a_new_tenant_has_nobody(store: &dyn ActivityStore, tenant: &TenantId) {
    assert_counts(store, tenant, 0, 0).await;
    store.record(tenant, &[]).await.unwrap();
    assert_counts(store, tenant, 0, 0).await;
}

/// Requests, sessions and user events all name users; each user counts once.
pub async fn users_count_once(store: &dyn ActivityStore, tenant: &TenantId) {
    let at = text(THEN);
    let odd = r#"O'Brien "NULL" {a,b} \ 名前"#;
    let batch = [
        request("1", &at, "ann", 1.0),
        request("2", &at, "ann", 1.0),
        request("3", &at, odd, 1.0),
        event(json!({"id": "4", "type": "user", "at": at, "user": "bob"})),
        event(json!({"id": "5", "type": "user", "at": at, "user": "NULL"})),
        event(
            json!({"id": "6", "type": "log", "at": at, "service": "s", "level": "info", "message": "m"}),
        ),
        start("s", THEN),
    ];
    store.record(tenant, &batch).await.unwrap();
    assert_counts(store, tenant, 5, 1).await;
    let later = [
        request("7", &text(NOW), "ann", 1.0),
        request("8", &at, "eve", 1.0),
    ];
    store.record(tenant, &later).await.unwrap();
    assert_counts(store, tenant, 6, 0).await;
}

/// At-least-once delivery repeats batches.
pub async fn the_same_batch_again_changes_nothing(store: &dyn ActivityStore, tenant: &TenantId) {
    let batch = [
        start("open", THEN),
        start("closed", THEN),
        end("closed", THEN + Duration::minutes(1)),
        request("r", &text(THEN), "ann", 1.0),
    ];
    for _ in 0..3 {
        store.record(tenant, &batch).await.unwrap();
        assert_counts(store, tenant, 3, 1).await;
    }
}

/// Any order of arrival, in one batch or in many, ends in the same counts.
pub async fn order_does_not_matter(store: &dyn ActivityStore, tenant: &TenantId) {
    let mut events = [
        start("a", THEN),
        end("a", THEN + Duration::minutes(1)),
        start("b", THEN + Duration::minutes(2)),
        request("r", &text(THEN + Duration::minutes(31)), "ann", 1.0),
    ];
    for turn in 0..events.len() {
        events.rotate_left(1);
        for (order, name) in [(false, "forth"), (true, "back")] {
            if order {
                events.reverse();
            }
            let whole = beside(tenant, format!("{turn}.{name}.whole"));
            store.record(&whole, &events).await.unwrap();
            assert_counts(store, &whole, 3, 1).await;
            let single = beside(tenant, format!("{turn}.{name}.single"));
            for event in &events {
                store
                    .record(&single, std::slice::from_ref(event))
                    .await
                    .unwrap();
            }
            assert_counts(store, &single, 3, 1).await;
        }
    }
}

/// An end whose start never came is no session; a session that ended stays ended.
pub async fn ends_are_final(store: &dyn ActivityStore, tenant: &TenantId) {
    store.record(tenant, &[end("a", THEN)]).await.unwrap();
    assert_counts(store, tenant, 1, 0).await;
    let starts = [start("a", THEN - Duration::minutes(1)), start("b", THEN)];
    store.record(tenant, &starts).await.unwrap();
    assert_counts(store, tenant, 1 + 1, 1).await;
}

/// A session that starts again is as fresh as its latest start, in whatever order they come.
pub async fn the_latest_start_counts(store: &dyn ActivityStore, tenant: &TenantId) {
    let mut starts = [start("a", THEN - Duration::hours(1)), start("a", THEN)];
    for name in ["forth", "back"] {
        let whole = beside(tenant, format!("{name}.whole"));
        store.record(&whole, &starts).await.unwrap();
        assert_counts(store, &whole, 1, 1).await;
        let single = beside(tenant, format!("{name}.single"));
        for event in &starts {
            let batch = std::slice::from_ref(event);
            store.record(&single, batch).await.unwrap();
        }
        assert_counts(store, &single, 1, 1).await;
        starts.reverse();
    }
}

/// In replayed data, idle means idle at the newest event: half an hour before it still counts.
pub async fn idle_is_measured_from_the_newest_event(store: &dyn ActivityStore, tenant: &TenantId) {
    let half_an_hour = Duration::minutes(30);
    let batch = [
        start("just-idle", THEN - half_an_hour - Duration::milliseconds(1)),
        start("on-the-border", THEN - half_an_hour),
        start("fresh", THEN - Duration::minutes(1)),
        request("newest", &text(THEN), "ann", 1.0),
    ];
    store.record(tenant, &batch).await.unwrap();
    assert_counts(store, tenant, 4, 2).await;
    // The newest event is the newest of all batches, of whatever type.
    let at = text(THEN + Duration::milliseconds(1));
    let log = json!({"id": "l", "type": "log", "at": at, "service": "s", "level": "info", "message": "m"});
    store.record(tenant, &[event(log)]).await.unwrap();
    assert_counts(store, tenant, 4, 1).await;
    store
        .record(tenant, &[request("old", &text(THEN), "ann", 1.0)])
        .await
        .unwrap();
    assert_counts(store, tenant, 4, 1).await;
}

/// Senders' clocks may be ahead of ours: then idle means idle now.
pub async fn a_clock_ahead_makes_nobody_idle(store: &dyn ActivityStore, tenant: &TenantId) {
    let batch = [
        start(
            "just-idle",
            NOW - Duration::minutes(30) - Duration::milliseconds(1),
        ),
        start("on-the-border", NOW - Duration::minutes(30)),
        start("ahead", NOW + Duration::minutes(4)),
    ];
    store.record(tenant, &batch).await.unwrap();
    assert_counts(store, tenant, 3, 2).await;
}

/// The same names in two tenants are two users and two sessions.
pub async fn tenants_are_apart(store: &dyn ActivityStore, tenant: &TenantId) {
    let other = beside(tenant, "other");
    store.record(tenant, &[start("s", THEN)]).await.unwrap();
    assert_counts(store, &other, 0, 0).await;
    let theirs = [
        start("s", THEN),
        end("s", THEN),
        request("r", &text(NOW), "ann", 1.0),
    ];
    store.record(&other, &theirs).await.unwrap();
    assert_counts(store, tenant, 1, 1).await;
    assert_counts(store, &other, 2, 0).await;
}

/// Batches that arrive at once, each in another order, neither fail nor count twice.
pub async fn concurrent_batches_agree(store: &dyn ActivityStore, tenant: &TenantId) {
    let batch: Vec<_> = (0..100)
        .flat_map(|n| {
            let id = format!("s{n}");
            let closed = (n % 2 == 0).then(|| end(&id, THEN + Duration::seconds(1)));
            std::iter::once(start(&id, THEN)).chain(closed)
        })
        .collect();
    let attempts = (0..8).map(|turn| {
        let mut batch = batch.clone();
        batch.rotate_left(turn * 17);
        async move { store.record(tenant, &batch).await }
    });
    for outcome in join_all(attempts).await {
        outcome.unwrap();
    }
    assert_counts(store, tenant, 100, 50).await;
}
