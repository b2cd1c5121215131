//! The program itself: how it starts, how it refuses to, and how it stops.

use std::process::{Command, Output};

use mongodb::bson::doc;

use crate::support::{Fixture, Gateway, command, postgres_url};

fn refused(arguments: &[&str]) -> (String, Output) {
    let output = command(arguments).output().unwrap();
    assert!(!output.status.success(), "it should not have started");
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    (error, output)
}

#[tokio::test]
async fn a_taken_port_is_one_clear_line() {
    let gateway = Gateway::start();
    let url = postgres_url();
    let (error, output) = refused(&["--listen", &gateway.address, "--postgres", &url]);
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(
        error.contains(&format!("cannot listen on {}", gateway.address)),
        "{error}"
    );
    assert!(output.stdout.is_empty());
}

#[tokio::test]
async fn an_absent_postgres_is_one_clear_line() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("postgres://postgres@{free}/postgres");
    let (error, _) = refused(&["--listen", "127.0.0.1:0", "--postgres", &url]);
    let last = error.lines().last().unwrap();
    assert!(
        last.contains("postgres cannot be reached: Connection refused"),
        "{error}"
    );
}

#[tokio::test]
async fn other_addresses_than_loopback_are_refused() {
    let (error, _) = refused(&["--listen", "0.0.0.0:0", "--postgres", &postgres_url()]);
    assert!(error.contains("not a loopback address"), "{error}");
}

#[tokio::test]
async fn signals_stop_it_while_clients_are_connected() {
    for signal in ["-TERM", "-INT"] {
        let mut fixture = Fixture::new().await;
        fixture
            .collection("items")
            .insert_one(doc! {})
            .await
            .unwrap();
        fixture.database.drop().await.unwrap();
        let pid = fixture.gateway.pid().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        assert!(fixture.gateway.wait(), "{signal} should be a clean end");
    }
}
