//! What was left behind is picked up by the scheduled sweep: every minute, on the stack's own
//! schedule.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use end_to_end::{Caller, Stack};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A minute until the schedule's next tick, and time for what it starts.
const PATIENCE: Duration = Duration::from_mins(3);

/// Waits until the probe gives something.
async fn wait_for<T>(what: &str, probe: impl AsyncFn() -> Option<T>) -> T {
    let wait = async {
        loop {
            if let Some(found) = probe().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, wait).await;
    found.unwrap_or_else(|_| panic!("no {what} after {} s", PATIENCE.as_secs()))
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// Puts an ended task's item back to how it was before a worker got it: queued, long overdue, and
/// without a message anywhere.
async fn lose_the_message_of(stack: &Stack, caller: &Caller, id: &str) {
    let update = stack.tables().update_item();
    let update = update
        .table_name(Stack::variable("TASKS_TABLE"))
        .key("tenant", text(&caller.tenant))
        .key("request_id", text(id))
        .update_expression(
            "SET #status = :processing, #phase = :queued, attention = :shard, \
             attention_at = :long_ago REMOVE #result, finished_at",
        )
        .expression_attribute_names("#status", "status")
        .expression_attribute_names("#phase", "phase")
        .expression_attribute_names("#result", "result")
        .expression_attribute_values(":processing", text("processing"))
        .expression_attribute_values(":queued", text("queued"))
        .expression_attribute_values(":shard", text("0"))
        .expression_attribute_values(":long_ago", number(1));
    update.send().await.expect("the item is changed");
}

#[tokio::test]
async fn a_task_whose_message_was_lost_is_run() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let id = caller.submit_aggregate(json!({"window": "all"})).await;
    let before = caller.ended(&id).await;
    let mut socket = caller.socket().await;
    lose_the_message_of(&stack, &caller, &id).await;

    let path = format!("/tasks/{id}");
    let ended = async || {
        let task: Value = caller.get(&path).await.expect(200);
        (task["status"] != "processing").then_some(task)
    };
    let task = wait_for("end of the task", ended).await;
    assert_eq!(task["status"], "completed", "{task}");
    assert_eq!(task["attempt"], 2, "{task}");
    assert_eq!(task["result"], before["result"]);
    let seen = socket.updates_of(&id).await;
    assert_eq!(
        seen.last().expect("an update")["version"],
        task["version"],
        "whoever listens sees it too"
    );
}

/// The tenant's only connection, by its own row. A test may scan; the product never does.
async fn row_of(stack: &Stack, tenant: &str) -> Option<HashMap<String, AttributeValue>> {
    let scan = stack.tables().scan();
    let page = scan
        .table_name(Stack::variable("CONNECTIONS_TABLE"))
        .consistent_read(true)
        .filter_expression("tenant = :tenant AND begins_with(topic, :own)")
        .expression_attribute_values(":tenant", text(tenant))
        .expression_attribute_values(":own", text("connection#"))
        .send()
        .await;
    let rows = page.expect("the table answers").items.unwrap_or_default();
    rows.into_iter().next()
}

#[tokio::test]
async fn a_connection_past_its_longest_life_is_forgotten() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let _open = caller.socket().await;
    let row = row_of(&stack, &caller.tenant).await.expect("a row");
    let update = stack.tables().update_item();
    let update = update
        .table_name(Stack::variable("CONNECTIONS_TABLE"))
        .key("topic", row["topic"].clone())
        .key("connection_id", row["connection_id"].clone())
        .update_expression("SET expires_at = :long_ago")
        .expression_attribute_values(":long_ago", number(1));
    update.send().await.expect("the row is changed");

    let gone = async || {
        let row = row_of(&stack, &caller.tenant).await;
        row.is_none().then_some(())
    };
    wait_for("end of the row", gone).await;
}

/// Makes a row expire in 1970. DynamoDB's own expiry leaves alone what is older than five years, so
/// only the sweep removes it.
async fn expire_long_ago(stack: &Stack, table: &str, key: (&str, &str)) {
    let update = stack.tables().update_item();
    let update = update
        .table_name(Stack::variable(table))
        .key(key.0, text(key.1))
        .update_expression("SET expires_at = :long_ago")
        .condition_expression("attribute_exists(expiry_shard)")
        .expression_attribute_values(":long_ago", number(1));
    update.send().await.expect("the row is changed");
}

async fn is_gone(stack: &Stack, table: &str, key: (&str, &str)) -> Option<()> {
    let get = stack.tables().get_item();
    let get = get
        .table_name(Stack::variable(table))
        .key(key.0, text(key.1))
        .consistent_read(true);
    let row = get.send().await.expect("the table answers").item;
    row.is_none().then_some(())
}

#[tokio::test]
async fn expired_tickets_and_idempotency_keys_are_removed() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let secret = caller.ticket().await["ticket"].clone();
    let secret = secret.as_str().expect("a ticket");
    let digest = digest(secret);
    let ticket = ("digest", &*digest);
    let key = end_to_end::fresh();
    let task = json!({"kind": "aggregate", "input": {"window": "all"}});
    let submitted = caller.post_keyed("/tasks", &key, &task).await;
    submitted.expect(202);
    let name = format!("{}#{key}", caller.tenant);
    let record = ("key", &*name);
    expire_long_ago(&stack, "TICKETS_TABLE", ticket).await;
    expire_long_ago(&stack, "IDEMPOTENCY_TABLE", record).await;

    // Worthless though the row is still there.
    let url = format!("{}?ticket={secret}", Stack::variable("ADOLOGY_WS_URL"));
    assert!(end_to_end::Socket::open(&url).await.is_err());

    let gone = async || is_gone(&stack, "TICKETS_TABLE", ticket).await;
    wait_for("end of the ticket", gone).await;
    let gone = async || is_gone(&stack, "IDEMPOTENCY_TABLE", record).await;
    wait_for("end of the key", gone).await;
    let again = caller.post_keyed("/tasks", &key, &task).await;
    assert_eq!(again.status, 202, "it stands for nothing any more");
}

/// How a ticket is stored.
fn digest(secret: &str) -> String {
    let digest = Sha256::digest(secret.as_bytes());
    digest.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
