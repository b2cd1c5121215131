//! Many connect and disconnect at once, and nothing of them is left behind.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use end_to_end::{Caller, Socket, Stack, fresh};
use futures::StreamExt;
use futures::stream;
use serde_json::json;

/// Connections of the storm.
const CONNECTIONS: usize = 1_000;

/// Handshakes at the same time. Other tests share the machine.
const AT_ONCE: usize = 24;

/// Users whose tickets the connections spend.
const USERS: usize = 4;

/// Pushes after which no row of a connection that is gone may be left.
const PUSHES: usize = 12;

async fn connect(callers: &[Caller]) -> Vec<Socket> {
    let opening = (0..CONNECTIONS).map(|n| callers[n % callers.len()].socket());
    stream::iter(opening)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await
}

/// Rows of a tenant: its connections' own, and those by which they listen. A test may scan; the
/// product never does.
async fn rows(stack: &Stack, tenant: &str) -> usize {
    let mut pages = stack
        .tables()
        .scan()
        .table_name(Stack::variable("CONNECTIONS_TABLE"))
        .consistent_read(true)
        .filter_expression("tenant = :tenant OR contains(topic, :tenant)")
        .expression_attribute_values(":tenant", AttributeValue::S(tenant.into()))
        .into_paginator()
        .items()
        .send();
    let mut count = 0;
    while let Some(row) = pages.next().await {
        row.expect("the table answers");
        count += 1;
    }
    count
}

#[tokio::test]
async fn a_storm_of_connections_is_heard_whole_and_leaves_no_row() {
    let stack = Stack::running().await;
    let tenant = format!("t-{}", fresh());
    let operator = stack.new_user(&tenant, &["operator"]).await;
    let mut callers = vec![];
    for _ in 0..USERS {
        callers.push(stack.new_user(&tenant, &[]).await);
    }

    let mut sockets = connect(&callers).await;
    // Its own row, its user's topic, its shard.
    assert_eq!(rows(&stack, &tenant).await, 3 * CONNECTIONS);

    let text = fresh();
    let body = json!({"message": text, "tenant": tenant});
    operator.post("/broadcast", &body).await.expect(202);
    let text = &text;
    let hearing = sockets
        .iter_mut()
        .map(|socket| async move { while socket.frame().await["message"] != *text {} });
    stream::iter(hearing)
        .buffer_unordered(CONNECTIONS)
        .collect::<Vec<_>>()
        .await;

    // Half say goodbye, half just go: the second half is found gone by the gateway.
    let leaving = sockets.split_off(CONNECTIONS / 2);
    drop(leaving);
    let closing = sockets.into_iter().map(Socket::close);
    stream::iter(closing)
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<_>>()
        .await;
    let mut left = usize::MAX;
    for _ in 0..PUSHES {
        // A gateway promises no disconnect event, and loses some in a storm: whoever pushes next
        // finds those connections gone.
        let body = json!({"message": "Is anybody there?", "tenant": tenant});
        operator.post("/broadcast", &body).await.expect(202);
        for _ in 0..20 {
            left = rows(&stack, &tenant).await;
            if left == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    panic!("{left} rows are left");
}
