//! The activity store on a real `PostgreSQL`, named by `DATABASE_URL`.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::time::{Duration, Instant};

use domain::TenantId;
use domain::ports::{ActivityStore, Health, PortError};
use stores::postgres::{self, Activity};
use testkit::build::{NOW, request, tenant};
use testkit::contract::activity as contract;
use tokio::net::TcpListener;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

static MIGRATED: OnceCell<()> = OnceCell::const_new();

fn url() -> String {
    std::env::var("DATABASE_URL")
        .expect("DATABASE_URL must name a PostgreSQL server for tests; `make test` sets it")
}

async fn store() -> Activity {
    MIGRATED
        .get_or_init(async || drop(postgres::migrate(&url(), None).await.unwrap()))
        .await;
    postgres::connect(&url(), None).unwrap()
}

async fn client() -> Client {
    let (client, connection) = tokio_postgres::connect(&url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Removes the tenant and those named after it.
async fn clean(tenant: &TenantId) {
    let client = client().await;
    let pattern = format!("{tenant}%");
    for table in ["tenants", "users", "sessions"] {
        let sql = format!("DELETE FROM {table} WHERE tenant LIKE $1");
        client.execute(&sql, &[&pattern]).await.unwrap();
    }
}

macro_rules! keeps_the_contract {
    ($($name:ident),* $(,)?) => { $(
        #[tokio::test]
        async fn $name() {
            let tenant = tenant();
            contract::$name(&store().await, &tenant).await;
            clean(&tenant).await;
        }
    )* };
}

keeps_the_contract!(
    a_new_tenant_has_nobody,
    users_count_once,
    the_same_batch_again_changes_nothing,
    order_does_not_matter,
    ends_are_final,
    idle_is_measured_from_the_newest_event,
    a_clock_ahead_makes_nobody_idle,
    tenants_are_apart,
    concurrent_batches_agree,
);

#[tokio::test]
async fn a_server_that_answers_is_healthy() {
    let store = store().await;
    store.ping().await.unwrap();
    assert_eq!(store.name(), "postgres");
}

#[tokio::test]
async fn migrating_again_does_nothing() {
    store().await;
    assert_eq!(postgres::migrate(&url(), None).await.unwrap(), [""; 0]);
}

/// A function's connections die while it is frozen.
#[tokio::test]
async fn connections_that_died_are_replaced() {
    let name = format!("dies-{}", tenant());
    let joint = if url().contains('?') { '&' } else { '?' };
    let url = format!("{}{joint}application_name={name}", url());
    let store = postgres::connect(&url, None).unwrap();
    store.ping().await.unwrap();
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
    let killed = client().await.query(kill, &[&name]).await.unwrap();
    assert_eq!(killed.len(), 1);
    store.ping().await.unwrap();
}

async fn assert_unavailable_soon(store: &Activity) {
    let tenant = tenant();
    let begun = Instant::now();
    let event = request("r", "2026-01-01T00:00:00Z", "ann", 1.0);
    let outcomes = tokio::join!(
        store.ping(),
        async { store.counts(&tenant, NOW).await.map(drop) },
        store.record(&tenant, std::slice::from_ref(&event)),
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
    let url = format!("postgres://u:secret@{closed}/d");
    assert_unavailable_soon(&postgres::connect(&url, None).unwrap()).await;
}

#[tokio::test]
async fn a_server_that_never_answers_is_unavailable_soon() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://u:secret@{}/d", silent.local_addr().unwrap());
    assert_unavailable_soon(&postgres::connect(&url, None).unwrap()).await;
}

#[tokio::test]
async fn a_database_that_is_not_there_is_broken() {
    let url = url();
    let address = url.split('?').next().unwrap();
    let (server, _) = address.rsplit_once('/').unwrap();
    let store = postgres::connect(&format!("{server}/no-such-database"), None).unwrap();
    let outcome = store.ping().await;
    assert!(
        matches!(outcome, Err(PortError::Broken { .. })),
        "{outcome:?}"
    );
}
