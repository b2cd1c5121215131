//! What the activity store does when its server, or the way there, fails.

use std::time::{Duration, Instant};

use domain::ports::{ActivityStore, Health, PortError};
use stores::postgres::{self, Activity};
use testkit::build::{NOW, request, tenant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{self, client, store};

/// The tag of the message that begins a statement with parameters.
const PARSE: u8 = b'P';

/// A function's connections die while it is frozen.
#[tokio::test]
async fn connections_that_died_are_replaced() {
    let name = format!("dies-{}", tenant());
    let store = named(&name).await;
    store.ping().await.unwrap();
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
    let killed = client().await.query(kill, &[&name]).await.unwrap();
    assert_eq!(killed.len(), 1);
    store.ping().await.unwrap();
}

/// A store whose connections can be told from others on the server.
async fn named(name: &str) -> Activity {
    let server = server::wire().await.peer_addr().unwrap();
    let more = format!("application_name={name}");
    let address = server::address(&server.ip().to_string(), server.port(), &more);
    postgres::connect(&address, None).unwrap()
}

/// Passes bytes on in both directions, but hangs up instead of passing a statement on.
async fn pass_until_a_statement(mut client: TcpStream) {
    let mut server = server::wire().await;
    let (mut asked, mut answered) = ([0; 4_096], [0; 4_096]);
    loop {
        tokio::select! {
            size = client.read(&mut asked) => match size.unwrap() {
                0 => return,
                _ if asked[0] == PARSE => return,
                size => server.write_all(&asked[..size]).await.unwrap(),
            },
            size = server.read(&mut answered) => {
                client.write_all(&answered[..size.unwrap()]).await.unwrap();
            }
        }
    }
}

/// A connection can die between its proof and its use.
#[tokio::test]
async fn a_statement_that_meets_a_dead_connection_is_repeated_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let address = server::address("127.0.0.1", port, "");
    for (deaths, lives) in [(1, true), (2, false)] {
        let store = postgres::connect(&address, None).unwrap();
        let (outcome, ()) = tokio::join!(store.ping(), async {
            for _ in 0..deaths {
                pass_until_a_statement(listener.accept().await.unwrap().0).await;
            }
            if lives {
                let mut client = listener.accept().await.unwrap().0;
                let mut server = server::wire().await;
                tokio::spawn(async move {
                    tokio::io::copy_bidirectional(&mut client, &mut server).await
                });
            }
        });
        match outcome {
            Ok(()) => assert!(lives),
            Err(error) => assert!(!lives && matches!(error, PortError::Unavailable { .. })),
        }
    }
}

/// A slow statement is given up by the caller and stopped on the server.
#[tokio::test]
async fn a_statement_that_takes_too_long_is_stopped() {
    store().await;
    let (tenant, mut holder, watcher) = (tenant(), client().await, client().await);
    let held = holder.transaction().await.unwrap();
    let insert = "INSERT INTO tenants (tenant, newest_event_at) VALUES ($1, now())";
    held.execute(insert, &[&tenant.as_str()]).await.unwrap();
    let (name, begun) = (format!("slow-{tenant}"), Instant::now());
    let event = request("r", "2026-01-01T00:00:00Z", "ann", 1.0);
    let outcome = named(&name).await.record(&tenant, &[event]).await;
    assert!(
        matches!(outcome, Err(PortError::Unavailable { .. })),
        "{outcome:?}"
    );
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    let busy =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'";
    while watcher
        .query_one(busy, &[&name])
        .await
        .unwrap()
        .get::<_, i64>(0)
        > 0
    {
        assert!(
            begun.elapsed() < Duration::from_secs(9),
            "still running on the server"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    held.rollback().await.unwrap();
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
