//! The activity store keeps its port's contract.

use domain::TenantId;
use domain::ports::{Health, PortError};
use stores::postgres;
use testkit::build::tenant;
use testkit::contract::activity as contract;

use crate::server::{client, store, url};

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
    the_latest_start_counts,
    idle_is_measured_from_the_newest_event,
    a_clock_ahead_makes_nobody_idle,
    tenants_are_apart,
    concurrent_batches_agree,
);

/// The same for the rows of users and sessions.
macro_rules! keeps_the_contract_of_rows {
    ($($name:ident),* $(,)?) => {
        mod rows {
            use super::{clean, store, tenant};
            use testkit::contract::activity_rows as contract;
            $(
                #[tokio::test]
                async fn $name() {
                    let (store, tenant) = (store().await, tenant());
                    contract::$name(&store, &store, &tenant).await;
                    clean(&tenant).await;
                }
            )*
        }
    };
}

keeps_the_contract_of_rows!(
    nobody_makes_no_rows,
    users_come_by_name,
    sessions_come_by_name,
    the_range_is_half_open,
    many_rows_come_in_batches,
    a_reader_may_leave_early,
    tenants_are_apart,
    other_sources_are_refused,
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
