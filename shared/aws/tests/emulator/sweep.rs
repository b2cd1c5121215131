use std::sync::Arc;

use aws::dynamo::{Connections, SubmissionKeys, Submissions, Tasks, Tickets};
use domain::ports::{
    Expiring as _, PortError, Recorded, StaleConnections, StuckTasks, SubmissionLedger as _,
    TicketStore as _,
};
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::contract::{expiring, stale_connections, stuck_tasks};

use crate::place::local;

#[tokio::test]
async fn tasks_tell_which_are_stuck() {
    let place = local().await;
    let index: (_, _, &[_]) = (
        "by-attention",
        &["attention", "attention_at"],
        &["phase", "created_at", "priority", "run_at", "trace"],
    );
    let test = async |table: String| {
        let tasks = Tasks::new(&place.sdk, table, Arc::new(FixedClock::at(NOW)));
        let swept = stuck_tasks::Swept {
            store: &tasks,
            stuck: &tasks,
        };
        stuck_tasks::all(swept, &build::tenant()).await;
    };
    place
        .with_indexed_table(&["tenant", "request_id"], index, test)
        .await;
}

#[tokio::test]
async fn connections_tell_which_are_stale() {
    let place = local().await;
    let index: (_, _, &[_]) = ("by-expiry", &["expiry_shard", "expires_at"], &[]);
    let test = async |table: String| {
        let connections = Connections::new(&place.sdk, table);
        let swept = stale_connections::Swept {
            store: &connections,
            stale: &connections,
        };
        stale_connections::all(swept, &build::tenant()).await;
    };
    place
        .with_indexed_table(&["topic", "connection_id"], index, test)
        .await;
}

const BY_EXPIRY: (&str, &[&str; 2], &[&str]) = ("by-expiry", &["expiry_shard", "expires_at"], &[]);

#[tokio::test]
async fn tickets_expire() {
    let place = local().await;
    let test = async |table: String| {
        let tickets = Tickets::new(&place.sdk, table);
        let put = async |name: &str, expires_at| {
            tickets
                .issue(&build::ticket(name, expires_at))
                .await
                .unwrap();
        };
        expiring::all(&tickets, put).await;
    };
    place.with_indexed_table(&["digest"], BY_EXPIRY, test).await;
}

#[tokio::test]
async fn submissions_expire() {
    let place = local().await;
    let tenant = build::tenant();
    let test = async |keys_table: String| {
        let test = async |tasks_table: String| {
            let ledger = Submissions::new(&place.sdk, &keys_table, tasks_table);
            let put = async |name: &str, expires_at| {
                let (task, submission) = build::submission(&tenant, name, expires_at);
                let recorded = ledger.create_once(&task, &submission, NOW).await;
                assert_eq!(recorded.unwrap(), Recorded::Created);
            };
            expiring::all(&SubmissionKeys::new(&place.sdk, &keys_table), put).await;
        };
        place.with_table(&["tenant", "request_id"], test).await;
    };
    place.with_indexed_table(&["key"], BY_EXPIRY, test).await;
}

#[tokio::test]
async fn a_missing_index_is_told() {
    let place = local().await;
    let test = async |table: String| {
        let tasks = Tasks::new(&place.sdk, table.clone(), Arc::new(FixedClock::at(NOW)));
        let due = tasks.due(NOW, 1).await;
        assert!(matches!(due, Err(PortError::Broken { .. })), "{due:?}");
        let expired = Tickets::new(&place.sdk, &table).expired(NOW, 1).await;
        assert!(
            matches!(expired, Err(PortError::Broken { .. })),
            "{expired:?}"
        );
        let stale = Connections::new(&place.sdk, table).stale(NOW, 1).await;
        assert!(matches!(stale, Err(PortError::Broken { .. })), "{stale:?}");
    };
    place.with_table(&["tenant", "request_id"], test).await;
}
