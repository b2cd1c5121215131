//! A password that is replaced while the store is in use: a gate before the server refuses the user
//! `outdated`, as a server does after a rotation.

use std::sync::Arc;

use domain::ports::{Health, PortError};
use stores::postgres;
use testkit::memory::MemoryAddress;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::server;

/// What `PostgreSQL` says to a wrong password: an error with its severity, SQLSTATE and message.
const REFUSAL: &[u8] = b"E\0\0\0\x23SFATAL\0C28P01\0Mwrong password\0\0";

/// Where the gate is.
async fn gate() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass(client));
        }
    });
    port
}

async fn pass(mut client: TcpStream) {
    let mut length = [0; 4];
    client.read_exact(&mut length).await.unwrap();
    let rest = usize::try_from(u32::from_be_bytes(length)).unwrap() - length.len();
    let mut started = vec![0; rest];
    client.read_exact(&mut started).await.unwrap();
    let user = b"user\0outdated\0";
    if started.windows(user.len()).any(|part| part == user) {
        client.write_all(REFUSAL).await.unwrap();
        return;
    }
    let mut server = server::wire().await;
    server.write_all(&length).await.unwrap();
    server.write_all(&started).await.unwrap();
    let _ = copy_bidirectional(&mut client, &mut server).await;
}

fn outdated(port: u16) -> String {
    format!("host=127.0.0.1 port={port} user=outdated password=old dbname=adology")
}

#[tokio::test]
async fn a_replaced_password_is_read_again_when_the_old_one_is_refused() {
    let port = gate().await;
    let source = Arc::new(MemoryAddress::new(outdated(port)));
    let store = postgres::connect_by(source.clone()).await.unwrap();
    source.change(server::address("127.0.0.1", port, ""));
    store.ping().await.unwrap();
}

#[tokio::test]
async fn a_password_that_stays_wrong_is_refused() {
    let port = gate().await;
    let source = Arc::new(MemoryAddress::new(outdated(port)));
    let store = postgres::connect_by(source).await.unwrap();
    let refused = store.ping().await;
    assert!(
        matches!(refused, Err(PortError::Broken { .. })),
        "{refused:?}"
    );
}
