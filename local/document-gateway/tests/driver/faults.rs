//! Clients that misbehave, and a PostgreSQL that goes away.

use std::time::Duration;

use mongodb::bson::{Document, doc};
use mongodb::options::ClientOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::support::{Fixture, Gateway, postgres_url};

/// Stands between the gateway and PostgreSQL, and can cut the line.
struct Line {
    address: String,
    up: watch::Sender<bool>,
}

impl Line {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (up, watched) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(forward(client, watched.clone()));
            }
        });
        Self { address, up }
    }

    /// The tests' PostgreSQL as it is reached through this line.
    fn postgres_url(&self) -> String {
        let url = postgres_url();
        let rest = url.split_once("://").unwrap().1;
        let (before, database) = rest.split_once('/').unwrap();
        let user = before.split_once('@').unwrap().0;
        format!("postgres://{user}@{}/{database}", self.address)
    }
}

async fn forward(mut client: TcpStream, mut up: watch::Receiver<bool>) {
    let url = postgres_url();
    let address = url.split_once('@').unwrap().1.split_once('/').unwrap().0;
    if !*up.borrow_and_update() {
        return;
    }
    let Ok(mut server) = TcpStream::connect(address).await else {
        return;
    };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
        _ = up.wait_for(|up| !up) => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_wait_for_postgres_to_come_back() {
    let line = Line::new().await;
    let gateway = Gateway::in_front_of(&line.postgres_url());
    let client = gateway.client().await;
    let database = client.database(&format!("gateway_line_{}", std::process::id()));
    let items = database.collection("items");
    items.insert_one(doc! { "_id": 0 }).await.unwrap();

    for round in 1..=3 {
        line.up.send_replace(false);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let restore = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            line.up.send_replace(true);
        };
        let (written, ()) = tokio::join!(items.insert_one(doc! { "_id": round }), restore);
        written.unwrap();
    }
    assert_eq!(items.count_documents(doc! {}).await.unwrap(), 4);
    database.drop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_postgres_commands_fail_and_the_gateway_lives() {
    let line = Line::new().await;
    let gateway = Gateway::in_front_of(&line.postgres_url());
    let mut options = ClientOptions::parse(gateway.uri()).await.unwrap();
    options.server_selection_timeout = Some(Duration::from_millis(800));
    let client = mongodb::Client::with_options(options).unwrap();
    let admin = client.database("admin");
    admin.run_command(doc! { "ping": 1 }).await.unwrap();
    line.up.send_replace(false);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(admin.run_command(doc! { "ping": 1 }).await.is_err());
    line.up.send_replace(true);
    tokio::time::sleep(Duration::from_millis(600)).await;
    admin.run_command(doc! { "ping": 1 }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_cut_off_from_postgres_may_be_repeated() {
    let line = Line::new().await;
    let gateway = Gateway::in_front_of(&line.postgres_url());
    let client = gateway.client().await;
    let database = client.database(&format!("gateway_cut_{}", std::process::id()));
    let items = database.collection("items");
    items.insert_one(doc! { "_id": 0 }).await.unwrap();
    let mut session = client.start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    items
        .insert_one(doc! { "_id": 1 })
        .session(&mut session)
        .await
        .unwrap();
    line.up.send_replace(false);
    tokio::time::sleep(Duration::from_millis(100)).await;
    line.up.send_replace(true);
    let cut = items
        .insert_one(doc! { "_id": 2 })
        .session(&mut session)
        .await
        .unwrap_err();
    assert!(
        cut.contains_label(mongodb::error::TRANSIENT_TRANSACTION_ERROR),
        "{cut}"
    );
    session.abort_transaction().await.unwrap();
    assert_eq!(items.count_documents(doc! {}).await.unwrap(), 1);
    database.drop().await.unwrap();
}

async fn send(gateway: &Gateway, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(&gateway.address).await.unwrap();
    // The gateway may hang up before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut reply = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut reply)).await;
    let _ = read.expect("the gateway should hang up");
    reply
}

#[tokio::test]
async fn garbage_and_oversized_messages_close_their_own_connection_only() {
    let fixture = Fixture::new().await;
    let oversized = [
        &48_000_001_i32.to_le_bytes()[..],
        &[0; 8],
        &2013_i32.to_le_bytes(),
    ]
    .concat();
    let compressed = [&16_i32.to_le_bytes()[..], &[0; 8], &2012_i32.to_le_bytes()].concat();
    let empty = [&16_i32.to_le_bytes()[..], &[0; 8], &2013_i32.to_le_bytes()].concat();
    let garbage: Vec<Vec<u8>> = vec![
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec(),
        vec![0; 64],
        vec![255; 64],
        oversized,
        compressed,
        empty,
    ];
    for bytes in garbage {
        assert_eq!(send(&fixture.gateway, &bytes).await, b"", "{bytes:?}");
    }
    fixture
        .collection("items")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    fixture.end().await;
}

#[tokio::test]
async fn a_document_over_the_limit_is_refused_by_number() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    let big = doc! { "_id": 1, "text": "x".repeat(16 * 1024 * 1024) };
    assert!(items.insert_one(big).await.is_err());
    let fits = doc! { "_id": 1, "text": "x".repeat(15 * 1024 * 1024) };
    items.insert_one(fits).await.unwrap();
    fixture.end().await;
}

/// Sends one command on a connection of its own, without waiting for a reply.
async fn send_only(fixture: &Fixture, mut command: Document, flags: i32) -> TcpStream {
    command.insert("$db", fixture.database.name());
    let body = mongodb::bson::serialize_to_vec(&command).unwrap();
    let length = i32::try_from(21 + body.len()).unwrap();
    let head = [length, 1, 0, 2013, flags].map(i32::to_le_bytes).concat();
    let mut stream = TcpStream::connect(&fixture.gateway.address).await.unwrap();
    stream
        .write_all(&[&head[..], &[0], &body].concat())
        .await
        .unwrap();
    stream
}

#[tokio::test]
async fn clients_that_hang_up_free_their_connections() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items
        .insert_many((0..3000).map(|n| doc! { "_id": n, "k": 1 }))
        .await
        .unwrap();
    let join = doc! { "$lookup": { "from": "items", "let": { "i": "$_id" }, "as": "all",
    "pipeline": [{ "$match": { "$expr": { "$ne": ["$_id", "$$i"] } } }, { "$group": { "_id": "$k", "s": { "$sum": "$_id" } } }] } };
    let slow = doc! { "aggregate": "items", "pipeline": [join], "cursor": {} };
    // More than the gateway has connections.
    for _ in 0..20 {
        let stream = send_only(&fixture, slow.clone(), 0).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(stream);
    }
    let found = tokio::time::timeout(Duration::from_secs(10), items.find_one(doc! { "_id": 1 }));
    assert!(
        found
            .await
            .expect("the connections should be free")
            .unwrap()
            .is_some()
    );
    fixture.end().await;
}

#[tokio::test]
async fn an_unacknowledged_write_happens_and_gets_no_reply() {
    let fixture = Fixture::new().await;
    let insert =
        doc! { "insert": "items", "documents": [{ "_id": 1 }], "writeConcern": { "w": 0 } };
    let more_to_come = 2;
    let mut stream = send_only(&fixture, insert, more_to_come).await;
    let mut byte = [0];
    let reply = tokio::time::timeout(Duration::from_millis(300), stream.read(&mut byte)).await;
    assert!(reply.is_err(), "nothing should come back");
    assert_eq!(
        fixture
            .collection("items")
            .count_documents(doc! {})
            .await
            .unwrap(),
        1
    );
    fixture.end().await;
}
