//! What is kept of figures over time, and for how long.

use std::time::Duration;

use bson::{DateTime, Document, doc};
use domain::TenantId;
use domain::aggregate::Bucket;
use domain::ports::{EventLog, OutdatedHours, RollUps, TimeSeries};
use domain::series::{SeriesQuery, Span};
use futures::future::join_all;
use stores::mongo::Events;
use testkit::build::{NOW, request, tenant};
use time::macros::datetime;

use super::{clean, collection, database, store};

/// The hours from noon to three.
fn query() -> SeriesQuery {
    let noon = datetime!(2017-05-16 12:00 UTC);
    SeriesQuery {
        span: Span::covering(Bucket::Hour, noon, noon + time::Duration::hours(3)).unwrap(),
        by_service: false,
        most_rows: 10,
    }
}

async fn counts(store: &Events, tenant: &TenantId) -> Vec<u64> {
    let mut rows = store.rows(tenant, &query()).await.unwrap();
    rows.sort_by_key(|row| row.start);
    rows.iter().map(|row| row.figures.count).collect()
}

/// Two requests in the first hour and one in the last.
async fn fill(store: &Events, tenant: &TenantId) {
    let events = [
        request("1", "2017-05-16T12:00:00Z", "ann", 1.0),
        request("2", "2017-05-16T12:30:00Z", "ann", 1.0),
        request("3", "2017-05-16T14:59:00Z", "ann", 1.0),
    ];
    store.append(tenant, &events).await.unwrap();
}

/// As no append ever does: without a mark.
pub(super) async fn remove_requests(tenant: &TenantId) {
    let ours = doc! { "tenant": tenant.as_str() };
    collection().await.delete_many(ours).await.unwrap();
}

async fn kept(tenant: &TenantId) -> u64 {
    let ours = doc! { "tenant": tenant.as_str() };
    let rollups = database().await.collection::<Document>("rollups");
    rollups.count_documents(ours).await.unwrap()
}

/// Makes it so long ago that the two hours were touched.
async fn touched_before(tenant: &TenantId, age: Duration) {
    assert_eq!(
        touched(tenant, age).await,
        2,
        "one of each hour with requests"
    );
}

/// Makes it so long ago that hours were touched, and tells how many.
async fn touched(tenant: &TenantId, age: Duration) -> u64 {
    let ours = doc! { "tenant": tenant.as_str() };
    let age = i64::try_from(age.as_millis()).unwrap();
    let at = DateTime::from_millis(DateTime::now().timestamp_millis() - age);
    let marks = database().await.collection::<Document>("touched");
    let aged = doc! { "$set": { "at": at } };
    marks.update_many(ours, aged).await.unwrap().matched_count
}

#[tokio::test]
async fn what_has_settled_is_not_computed_again() {
    let (store, tenant) = (store().await, tenant());
    fill(&store, &tenant).await;
    touched_before(&tenant, Duration::from_secs(65)).await;
    assert_eq!(counts(&store, &tenant).await, [2, 1]);
    assert_eq!(kept(&tenant).await, 3, "the hour without requests too");
    remove_requests(&tenant).await;
    assert_eq!(counts(&store, &tenant).await, [2, 1]);
    clean(&tenant).await;
}

#[tokio::test]
async fn an_hour_that_is_touched_is_computed_again_and_no_other() {
    let (store, tenant) = (store().await, tenant());
    fill(&store, &tenant).await;
    touched_before(&tenant, Duration::from_secs(65)).await;
    assert_eq!(counts(&store, &tenant).await, [2, 1]);
    remove_requests(&tenant).await;
    let late = request("4", "2017-05-16T12:59:59.999Z", "ann", 1.0);
    store.append(&tenant, &[late]).await.unwrap();
    for _ in 0..2 {
        assert_eq!(counts(&store, &tenant).await, [1, 1]);
    }
    clean(&tenant).await;
}

#[tokio::test]
async fn nothing_is_kept_while_an_append_may_be_going_on() {
    let (store, tenant) = (store().await, tenant());
    fill(&store, &tenant).await;
    for age in [0, 50] {
        touched_before(&tenant, Duration::from_secs(age)).await;
        assert_eq!(counts(&store, &tenant).await, [2, 1]);
        assert_eq!(kept(&tenant).await, 1, "only the hour without requests");
    }
    remove_requests(&tenant).await;
    assert_eq!(counts(&store, &tenant).await, [0; 0]);
    clean(&tenant).await;
}

#[tokio::test]
async fn figures_expire_with_the_first_of_their_events() {
    let (store, tenant) = (store().await, tenant());
    fill(&store, &tenant).await;
    touched_before(&tenant, Duration::from_secs(65)).await;
    counts(&store, &tenant).await;
    let rollups = database().await.collection::<Document>("rollups");
    let first = doc! { "_id": format!("{tenant}/hour/all/2017-05-16T12:00:00Z") };
    let stored = rollups.find_one(first.clone()).await.unwrap().unwrap();
    let received = stored.get_datetime("received_at").unwrap();
    assert_eq!(received.timestamp_millis(), NOW.unix_timestamp() * 1_000);

    // Where the server is late with removing it, it is left aside all the same.
    remove_requests(&tenant).await;
    let long_ago = DateTime::now().timestamp_millis() - 400 * 86_400_000;
    let old = doc! { "$set": { "received_at": DateTime::from_millis(long_ago) } };
    rollups.update_one(first, old).await.unwrap();
    assert_eq!(counts(&store, &tenant).await, [1]);
    clean(&tenant).await;
}

#[tokio::test]
async fn days_are_touched_by_each_of_their_hours() {
    let (store, tenant) = (store().await, tenant());
    fill(&store, &tenant).await;
    touched_before(&tenant, Duration::from_secs(65)).await;
    let span = query().span;
    let days = SeriesQuery {
        span: Span::covering(Bucket::Day, span.from(), span.to()).unwrap(),
        ..query()
    };
    let count = async || store.rows(&tenant, &days).await.unwrap()[0].figures.count;
    assert_eq!(count().await, 3);
    remove_requests(&tenant).await;
    assert_eq!(count().await, 3);
    let late = request("4", "2017-05-16T23:59:59Z", "ann", 1.0);
    store.append(&tenant, &[late]).await.unwrap();
    assert_eq!(count().await, 1);
    clean(&tenant).await;
}

/// One test for each part of the contract once more, where figures are kept so soon after appends.
macro_rules! keeps_the_contract_where_figures_settle_after {
    ($settled_after:expr => $($name:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $name() {
                let (store, tenant) = (store().await, tenant());
                let settling = store.clone().settled_after($settled_after);
                testkit::contract::time_series::$name(&store, &settling, &tenant).await;
                clean(&tenant).await;
            }
        )*
    };
}

// Appends and answers take turns in these.
keeps_the_contract_where_figures_settle_after!(Duration::ZERO =>
    nothing_makes_no_rows,
    every_bucket_agrees_with_the_reference,
    buckets_are_half_open,
    late_events_show_at_once,
    too_many_rows_are_refused,
    tenants_are_apart,
);

// And happen at once here. Longer than an append takes, and short enough that much is kept.
keeps_the_contract_where_figures_settle_after!(Duration::from_secs(1) => answers_keep_up_with_appends);

/// The same for what rolls up.
macro_rules! rolls_up_where_figures_settle_after {
    ($settled_after:expr => $($name:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $name() {
                let (store, tenant) = (store().await, tenant());
                let settling = store.clone().settled_after($settled_after);
                testkit::contract::roll_ups::$name(&store, &settling, &settling, &tenant).await;
                clean(&tenant).await;
            }
        )*
    };
}

rolls_up_where_figures_settle_after!(Duration::ZERO =>
    hours_with_requests_are_outdated_until_rolled_up,
    late_and_repeated_events_outdate_their_hours,
    what_is_put_off_goes_behind_the_others,
);

rolls_up_where_figures_settle_after!(Duration::from_secs(1) => nothing_is_lost_beside_appends);

/// What a sweep finds of the tenant.
pub(super) async fn outdated(store: &Events, tenant: &TenantId) -> Vec<OutdatedHours> {
    let mut outdated = store.outdated(100_000).await.unwrap();
    outdated.retain(|of| of.tenant == *tenant);
    outdated
}

/// The same, and that they are due since then.
async fn due_before(tenant: &TenantId, age: Duration) {
    assert_eq!(due(tenant, age).await, 2, "one of each hour with requests");
}

/// Makes it so long ago that hours were touched and are due, and tells how many.
pub(super) async fn due(tenant: &TenantId, age: Duration) -> u64 {
    let hours = touched(tenant, age).await;
    let ours = doc! { "tenant": tenant.as_str() };
    let marks = database().await.collection::<Document>("touched");
    let due = [doc! { "$set": { "due": "$at" } }];
    marks.update_many(ours, due.to_vec()).await.unwrap();
    hours
}

#[tokio::test]
async fn the_first_look_after_a_sweep_reads_no_requests() {
    let (store, tenant) = (store().await, tenant());
    fill(&store, &tenant).await;
    assert_eq!(
        outdated(&store, &tenant).await,
        [],
        "an append may be going on"
    );
    due_before(&tenant, Duration::from_secs(65)).await;
    let found = outdated(&store, &tenant).await;
    assert_eq!(found.len(), 1);
    store.roll_up(&found[0]).await.unwrap();
    assert_eq!(outdated(&store, &tenant).await, []);
    // Each hour of the day and the day, over all and by service.
    assert_eq!(kept(&tenant).await, 50);
    remove_requests(&tenant).await;
    for (bucket, expected) in [(Bucket::Hour, &[2, 1][..]), (Bucket::Day, &[3])] {
        for by_service in [false, true] {
            let span = query().span;
            let span = Span::covering(bucket, span.from(), span.to()).unwrap();
            let query = SeriesQuery {
                span,
                by_service,
                ..query()
            };
            let mut rows = store.rows(&tenant, &query).await.unwrap();
            rows.sort_by_key(|row| row.start);
            let counts = rows.iter().map(|row| row.figures.count);
            assert!(counts.eq(expected.iter().copied()), "{query:?}: {rows:?}");
            assert!(
                rows.iter()
                    .all(|row| row.figures.p99 > 0.9 && row.figures.unique_users == 1)
            );
        }
    }
    clean(&tenant).await;
}

#[tokio::test]
async fn an_append_while_hours_are_rolled_up_leaves_them_due() {
    let (store, tenant) = (store().await, tenant());
    fill(&store, &tenant).await;
    due_before(&tenant, Duration::from_secs(65)).await;
    let found = outdated(&store, &tenant).await;
    let late = request("4", "2017-05-16T12:59:59Z", "ann", 1.0);
    store.append(&tenant, &[late]).await.unwrap();
    // By what was found before it came.
    store.roll_up(&found[0]).await.unwrap();
    assert_eq!(counts(&store, &tenant).await, [3, 1]);
    due_before_all(&tenant).await;
    let again = outdated(&store, &tenant).await;
    let noon = datetime!(2017-05-16 12:00 UTC);
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].hours, [noon], "and not the other one");
    clean(&tenant).await;
}

/// Makes what is still due so long due that a sweep takes it.
async fn due_before_all(tenant: &TenantId) {
    let due = doc! { "tenant": tenant.as_str(), "due": { "$exists": true } };
    let marks = database().await.collection::<Document>("touched");
    let long_ago =
        doc! { "$set": { "due": DateTime::from_millis(0), "at": DateTime::from_millis(0) } };
    marks.update_many(due, long_ago).await.unwrap();
}

#[tokio::test]
async fn an_hour_that_is_not_over_is_left_to_who_asks() {
    let (store, tenant) = (store().await, tenant());
    let settling = store.clone().settled_after(Duration::ZERO);
    #[expect(
        clippy::disallowed_methods,
        reason = "hours are over by the server's clock"
    )]
    let now = time::OffsetDateTime::now_utc();
    let mut events = [0, 3, 30].map(|hours| {
        let mut event = request(&hours.to_string(), "2017-05-16T12:00:00Z", "ann", 1.0);
        event.at = now - time::Duration::hours(hours);
        event
    });
    events.reverse();
    store.append(&tenant, &events).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let found = outdated(&settling, &tenant).await;
    let hours: usize = found.iter().map(|of| of.hours.len()).sum();
    assert_eq!(hours, 2);
    for of in &found {
        settling.roll_up(of).await.unwrap();
    }
    assert_eq!(outdated(&settling, &tenant).await, []);
    clean(&tenant).await;
}

#[tokio::test]
async fn appends_to_the_same_hours_do_not_hinder_each_other() {
    let (store, tenant) = (store().await, tenant());
    let append = async |part: usize| {
        for round in 0..8 {
            let mut events: Vec<_> = (0..60)
                .map(|n| {
                    let id = format!("{part}-{round}-{n}");
                    let mut event = request(&id, "2017-05-16T12:00:00Z", "ann", 1.0);
                    event.at += time::Duration::HOUR * n;
                    event
                })
                .collect();
            // Each in an order of its own.
            events.rotate_left(part * 7);
            let appended = store.append(&tenant, &events).await.unwrap();
            assert_eq!(appended.accepted, 60);
        }
    };
    join_all((0..8).map(append)).await;
    clean(&tenant).await;
}
