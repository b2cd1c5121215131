use std::sync::Arc;

use aws::dynamo::{Connections, Tasks};
use domain::ports::{PortError, StaleConnections, StuckTasks};
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::contract::{stale_connections, stuck_tasks};

use crate::place::local;

#[tokio::test]
async fn tasks_tell_which_are_stuck() {
    let place = local().await;
    let index: (_, _, &[_]) = (
        "by-attention",
        &["attention", "attention_at"],
        &["phase", "created_at", "priority"],
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

#[tokio::test]
async fn a_missing_index_is_told() {
    let place = local().await;
    let test = async |table: String| {
        let tasks = Tasks::new(&place.sdk, table.clone(), Arc::new(FixedClock::at(NOW)));
        let due = tasks.due(NOW, 1).await;
        assert!(matches!(due, Err(PortError::Broken { .. })), "{due:?}");
        let stale = Connections::new(&place.sdk, table).stale(NOW, 1).await;
        assert!(matches!(stale, Err(PortError::Broken { .. })), "{stale:?}");
    };
    place.with_table(&["tenant", "request_id"], test).await;
}
