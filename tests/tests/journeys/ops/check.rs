//! `ops check`, `ops doctor` and `ops weekly` against the running stack, with faults in the way of its questions.
//!
//! Other tests use the stack at the same time, so each fault is put where only this run looks: into a queue, a table or
//! a server of its own, which the environment names instead of the stack's.

use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement,
    KeyType, Projection, ProjectionType, ScalarAttributeType,
};
use end_to_end::{Stack, binary, fresh};
use serde_json::Value;
use tokio::net::TcpListener;

/// What the program printed and how it ended.
struct Checked {
    code: i32,
    list: Value,
}

impl Checked {
    fn row(&self, area: &str, item: &str) -> &Value {
        let rows = self.list["rows"].as_array().expect("rows");
        let row = rows
            .iter()
            .find(|row| row["area"] == area && row["item"] == item);
        row.unwrap_or_else(|| panic!("no row {area} {item} in {}", self.list))
    }

    fn state(&self, area: &str, item: &str) -> &str {
        self.row(area, item)["state"].as_str().expect("a state")
    }
}

async fn check(arguments: &[&str], instead: &[(&str, &str)]) -> Checked {
    let checked = run("check", arguments, instead).await;
    let took = checked.list["took_ms"].as_u64().expect("a number");
    assert!(took < 5_000, "{took} ms");
    checked
}

/// Runs one of the checklists outside a checkout.
async fn run(command: &str, arguments: &[&str], instead: &[(&str, &str)]) -> Checked {
    let run = tokio::process::Command::new(binary("ops"))
        .args(["--json", command])
        .args(arguments)
        .envs(instead.iter().copied())
        .current_dir("/")
        .output()
        .await
        .expect("ops runs");
    let said = String::from_utf8(run.stdout).expect("UTF-8");
    assert_eq!(said.lines().count(), 1, "{said}");
    let list: Value = serde_json::from_str(&said).expect("JSON");
    let code = run.status.code().expect("it was not killed");
    let expected = match list["state"].as_str() {
        Some("warn") => 1,
        Some("fail") => 2,
        _ => 0,
    };
    assert_eq!(code, expected, "{list}");
    Checked { code, list }
}

#[tokio::test]
async fn a_running_stack_is_looked_at_as_a_whole() {
    let checked = check(&[], &[]).await;
    for (area, item) in [
        ("stack", "deployment"),
        ("api", "health"),
        ("functions", "triggers"),
        ("queues", "work"),
        ("postgres", "reachable"),
        ("postgres", "schema"),
        ("mongodb", "primary"),
    ] {
        assert_ne!(
            checked.state(area, item),
            "fail",
            "{}",
            checked.row(area, item)
        );
    }
    // On a busy machine it may take longer than is well, and other tests send workers on purpose what they cannot
    // do; both are looked at in any case.
    checked.state("websocket", "round trip");
    let worker = checked.row("functions", "worker");
    assert!(worker["values"]["errors"].is_number(), "{worker}");
    // What the emulator does not have is told, and why.
    let row = checked.row("alarms", "all");
    assert_eq!(row["state"], "n/a", "{row}");
    assert_ne!(row["figure"], "");
}

#[tokio::test]
async fn dead_letters_are_worth_a_look_and_many_are_a_fault() {
    let stack = Stack::running().await;
    let queues = stack.queues();
    let create = queues
        .create_queue()
        .queue_name(format!("check-{}", fresh()));
    let url = create
        .send()
        .await
        .expect("it is made")
        .queue_url
        .expect("a URL");
    let bury = async || {
        let send = queues.send_message().queue_url(&url).message_body("{}");
        send.send().await.expect("it is sent");
    };
    bury().await;
    let one = check(&[], &[("CALLBACKS_DLQ_URL", &url)]).await;
    let row = one.row("queues", "dead callbacks");
    assert_eq!(
        (&row["state"], &row["figure"]),
        (&"warn".into(), &"1 message".into())
    );
    assert!(row["advice"].as_str().expect("a text").contains("ops dlq"));
    assert!(one.code >= 1);
    for _ in 0..9 {
        bury().await;
    }
    let many = check(&[], &[("CALLBACKS_DLQ_URL", &url)]).await;
    assert_eq!(many.state("queues", "dead callbacks"), "fail");
    assert_eq!(
        many.row("queues", "dead callbacks")["values"]["messages"],
        10.0
    );
    assert_eq!(many.code, 2);
    queues
        .delete_queue()
        .queue_url(&url)
        .send()
        .await
        .expect("it is removed");
}

#[tokio::test]
async fn databases_that_are_stopped_or_hang_fail_and_nothing_waits_for_them() {
    let hanging = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let stopped = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = |listener: &TcpListener| listener.local_addr().expect("an address");
    let postgres = format!("postgres://u:secret-word@{}/adology", address(&hanging));
    let mongo = format!("mongodb://{}/adology", address(&stopped));
    drop(stopped);
    let checked = check(&[], &[("DATABASE_URL", &postgres), ("MONGODB_URI", &mongo)]).await;
    assert_eq!(checked.code, 2);
    let figure = |area| {
        let row = checked.row(area, "reachable");
        assert_eq!(row["state"], "fail", "{row}");
        row["figure"].as_str().expect("a text")
    };
    assert!(
        figure("postgres").contains("did not answer"),
        "{}",
        checked.list
    );
    assert!(
        figure("mongodb").contains("refuses connections"),
        "{}",
        checked.list
    );
    assert!(!checked.list.to_string().contains("secret-word"));
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the deployed system goes by the real clock"
)]
async fn stale_connections_are_seen() {
    let stack = Stack::running().await;
    let tables = stack.tables();
    let table = format!("check-{}", fresh());
    make_connections_table(&tables, &table).await;
    let past = SystemTime::now() - Duration::from_mins(10);
    let past = past
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("later than 1970");
    let past = past.as_secs().to_string();
    for n in 0..12 {
        let id = format!("stale-{n}");
        let put = tables.put_item().table_name(&table);
        put.item("topic", AttributeValue::S(format!("connection#{id}")))
            .item("connection_id", AttributeValue::S(id))
            .item("expiry_shard", AttributeValue::S((n % 4).to_string()))
            .item("expires_at", AttributeValue::N(past.clone()))
            .send()
            .await
            .expect("it is stored");
    }
    let checked = check(&[], &[("CONNECTIONS_TABLE", &table)]).await;
    let row = checked.row("websocket", "connections");
    assert_eq!(row["figure"], "0 open, 12 stale (100 %)");
    assert_eq!((&row["state"], checked.code), (&"fail".into(), 2));
    tables
        .delete_table()
        .table_name(&table)
        .send()
        .await
        .expect("it is removed");
}

#[tokio::test]
async fn a_pool_of_none_is_worth_a_look_where_one_is_asked_for() {
    let none = check(&["--pool", "2"], &[]).await;
    let row = none.row("pool", "processes");
    assert_eq!(row["state"], "warn", "{row}");
    assert!(
        row["figure"]
            .as_str()
            .expect("a text")
            .starts_with("2 desired")
    );
}

#[tokio::test]
async fn without_aws_everything_that_is_asked_there_fails_in_words() {
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let checked = check(&[], &[("AWS_ENDPOINT_URL", &endpoint)]).await;
    assert_eq!(checked.code, 2);
    let row = checked.row("stack", "deployment");
    assert!(
        row["figure"]
            .as_str()
            .expect("a text")
            .contains("does not answer"),
        "{row}"
    );
    assert!(
        row["advice"]
            .as_str()
            .expect("a text")
            .contains("ops doctor")
    );
    // What is asked elsewhere is still told.
    assert_eq!(checked.state("postgres", "reachable"), "ok");
}

#[tokio::test]
async fn the_doctor_names_what_does_not_answer_and_what_to_do() {
    let stopped = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = stopped.local_addr().expect("an address");
    drop(stopped);
    let postgres = format!("postgres://u:secret-word@{address}/adology");
    let told = run("doctor", &[], &[("DATABASE_URL", &postgres)]).await;
    let row = told.row("postgres", "reachable");
    assert_eq!((&row["state"], told.code), (&"fail".into(), 2));
    assert!(
        row["figure"]
            .as_str()
            .expect("a text")
            .contains("nothing listens there"),
        "{row}"
    );
    assert!(
        row["advice"]
            .as_str()
            .expect("a text")
            .contains("DATABASE_URL"),
        "{row}"
    );
    assert_eq!(told.state("deployment", "stack"), "ok");
    let unknown = run("doctor", &["--stack", "no-such-stack"], &[]).await;
    let row = unknown.row("deployment", "stack");
    assert!(
        row["figure"]
            .as_str()
            .expect("a text")
            .contains("does not exist"),
        "{row}"
    );
}

#[tokio::test]
async fn sizes_are_compared_with_an_earlier_output() {
    let first = run("weekly", &[], &[]).await;
    let item = "table users";
    assert!(first.row("sizes", item)["values"]["bytes"].is_number());
    let file = std::env::temp_dir().join(format!("weekly-{}.json", fresh()));
    std::fs::write(&file, first.list.to_string()).expect("it is written");
    let again = run("weekly", &["--before", &file.to_string_lossy()], &[]).await;
    let figure = again.row("sizes", item)["figure"].as_str().expect("a text");
    assert!(figure.ends_with("% since"), "{figure}");
    assert_eq!(again.state("advisories", "crates"), "n/a");
    std::fs::remove_file(&file).expect("it is removed");
}

/// As the stack's own, without what fills it.
async fn make_connections_table(tables: &aws_sdk_dynamodb::Client, name: &str) {
    let attribute = |name: &str, kind: ScalarAttributeType| {
        let built = AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(kind);
        built.build().expect("an attribute")
    };
    let key = |name: &str, kind: KeyType| {
        let built = KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind);
        built.build().expect("a key")
    };
    let keys_only = Projection::builder()
        .projection_type(ProjectionType::KeysOnly)
        .build();
    let index = GlobalSecondaryIndex::builder()
        .index_name("by-expiry")
        .key_schema(key("expiry_shard", KeyType::Hash))
        .key_schema(key("expires_at", KeyType::Range))
        .projection(keys_only)
        .build()
        .expect("an index");
    let create = tables.create_table().table_name(name);
    let create = ["topic", "connection_id", "expiry_shard"]
        .into_iter()
        .fold(create, |create, name| {
            create.attribute_definitions(attribute(name, ScalarAttributeType::S))
        });
    let created = create
        .attribute_definitions(attribute("expires_at", ScalarAttributeType::N))
        .key_schema(key("topic", KeyType::Hash))
        .key_schema(key("connection_id", KeyType::Range))
        .global_secondary_indexes(index)
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await;
    created.expect("the table is made");
}
