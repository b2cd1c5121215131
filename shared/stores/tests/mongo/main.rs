//! The event store on a real `MongoDB`, or a server like it, named by `MONGODB_URI`.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod means;
mod rollups;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bson::{Document, doc};
use domain::TenantId;
use domain::ports::{EventLog, Health, PortError, ResponseTimes};
use mongodb::{Client, Collection, Database};
use stores::ConnectError;
use stores::mongo::{self, Events};
use testkit::ambient::FixedClock;
use testkit::build::{NOW, request, tenant};
use tokio::net::TcpListener;
use tokio::sync::OnceCell;

static MIGRATED: OnceCell<()> = OnceCell::const_new();

fn uri() -> String {
    std::env::var("MONGODB_URI")
        .expect("MONGODB_URI must name a MongoDB server for tests; `make test` sets it")
}

async fn connect(uri: &str) -> Result<Events, ConnectError> {
    mongo::connect(uri, Arc::new(FixedClock::at(NOW))).await
}

async fn store() -> Events {
    MIGRATED
        .get_or_init(async || drop(mongo::migrate(&uri()).await.unwrap()))
        .await;
    connect(&uri()).await.unwrap()
}

async fn collection() -> Collection<Document> {
    database().await.collection("events")
}

async fn database() -> Database {
    let client = Client::with_uri_str(uri()).await.unwrap();
    let database = client.default_database();
    database.unwrap_or_else(|| client.database("adology"))
}

/// Removes everything of the tenant, and of the tenants named after it.
async fn clean(tenant: &TenantId) {
    // A range instead of a pattern: it is answered by the index.
    let range = doc! { "$gte": tenant.as_str(), "$lt": format!("{tenant}/") };
    let database = database().await;
    for name in ["events", "reports", "rollups", "touched"] {
        let collection = database.collection::<Document>(name);
        let outcome = collection
            .delete_many(doc! { "tenant": range.clone() })
            .await;
        outcome.unwrap();
    }
}

/// One test for each part of a port's contract. Figures are checked by what the log was given, so
/// their suites take the store as log too.
macro_rules! keeps_the_contract {
    ($port:ident of $store:ident $arguments:tt: $($name:ident),* $(,)?) => {
        mod $port {
            use super::{clean, store, tenant};
            use testkit::contract::$port as contract;
            $(
                #[tokio::test]
                async fn $name() {
                    let ($store, tenant) = (store().await, tenant());
                    keeps_the_contract!(@ask $name $arguments tenant);
                    clean(&tenant).await;
                }
            )*
        }
    };
    (@ask $name:ident ($($argument:expr),*) $tenant:ident) => {
        contract::$name($($argument,)* &$tenant).await;
    };
}

keeps_the_contract!(event_log of store(&store):
    new_events_are_accepted,
    the_same_batch_again_is_all_duplicates,
    the_first_body_stays,
    ids_repeated_in_a_batch_are_duplicates_of_the_first,
    a_partly_known_batch_is_completed,
    tenants_are_apart,
    concurrent_batches_store_each_event_once,
    every_event_comes_back_as_it_was,
);

keeps_the_contract!(response_times of store(&store, &store):
    without_requests_there_is_no_mean,
    the_window_starts_at_its_start,
    each_event_counts_once_and_in_its_tenant,
);

keeps_the_contract!(log_search of store(&store, &store):
    pages_hold_every_line_once,
    filters_pick_lines,
    the_range_is_half_open,
    rare_lines_are_found,
    tenants_are_apart,
);

keeps_the_contract!(report_store of store(&store):
    a_report_comes_back_as_it_was,
    a_report_is_stored_once,
    pages_hold_every_report_once,
    tenants_are_apart,
    savers_at_once_agree,
);

keeps_the_contract!(aggregation of store(&store, &store):
    nothing_makes_no_rows,
    percentiles_are_by_nearest_rank,
    every_grouping_agrees_with_the_reference,
    filters_agree_with_the_reference,
    the_limit_cuts_the_end_off,
    the_range_is_half_open,
    tenants_are_apart,
);

keeps_the_contract!(time_series of store(&store, &store):
    nothing_makes_no_rows,
    every_bucket_agrees_with_the_reference,
    buckets_are_half_open,
    late_events_show_at_once,
    answers_keep_up_with_appends,
    too_many_rows_are_refused,
    tenants_are_apart,
);

keeps_the_contract!(event_rows of store(&store, &store):
    nothing_makes_no_rows,
    rows_come_whole_in_the_order_of_time,
    the_range_is_half_open,
    many_rows_come_in_batches,
    tenants_are_apart,
    other_sources_are_refused,
);

keeps_the_contract!(texts of store(&store, &store):
    newest_come_first_within_the_limits,
    the_range_is_half_open,
    each_condition_counts,
    any_field_may_hold_the_text,
    tenants_are_apart,
);

#[tokio::test]
async fn a_server_that_answers_is_healthy() {
    let store = store().await;
    store.ping().await.unwrap();
    assert_eq!(store.name(), "mongodb");
}

#[tokio::test]
async fn migrating_again_does_nothing() {
    store().await;
    assert_eq!(mongo::migrate(&uri()).await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn events_expire_by_when_they_were_received() {
    let (store, tenant) = (store().await, tenant());
    let event = request("r", "2017-05-16T00:00:00Z", "ann", 1.0);
    store.append(&tenant, &[event]).await.unwrap();
    let filter = doc! { "tenant": tenant.as_str() };
    let stored = collection().await.find_one(filter).await.unwrap().unwrap();
    let received = stored.get_datetime("received_at").unwrap();
    assert_eq!(received.timestamp_millis(), NOW.unix_timestamp() * 1_000);
    clean(&tenant).await;
}

async fn assert_unavailable_soon(store: &Events) {
    let tenant = tenant();
    let begun = Instant::now();
    let event = request("r", "2026-01-01T00:00:00Z", "ann", 1.0);
    let outcomes = tokio::join!(
        store.ping(),
        async { store.mean(&tenant, None).await.map(drop) },
        async {
            store
                .append(&tenant, std::slice::from_ref(&event))
                .await
                .map(drop)
        },
    );
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    for outcome in [outcomes.0, outcomes.1, outcomes.2] {
        assert!(
            matches!(outcome, Err(PortError::Unavailable { .. })),
            "{outcome:?}"
        );
        let error = outcome.unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("secret"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable_soon() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let uri = format!("mongodb://u:secret@{closed}/d");
    assert_unavailable_soon(&connect(&uri).await.unwrap()).await;
}

#[tokio::test]
async fn a_server_that_never_answers_is_unavailable_soon() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("mongodb://u:secret@{}/d", silent.local_addr().unwrap());
    assert_unavailable_soon(&connect(&uri).await.unwrap()).await;
}

#[tokio::test]
async fn a_bad_address_is_refused_and_not_repeated() {
    for bad in [
        "",
        "secret",
        "postgres://u:secret@h/d",
        "mongodb://u:sec/ret@h",
        "mongodb://u:secret@h:p/d",
    ] {
        let error = connect(bad).await.err().unwrap();
        let text = format!("{error} {error:?}");
        assert!(!text.contains("secret") && !text.contains("ret@"), "{text}");
    }
}
