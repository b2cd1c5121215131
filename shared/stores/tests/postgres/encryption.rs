//! Encrypted ways to `PostgreSQL`: a gate that speaks TLS stands before the server of
//! `DATABASE_URL`, which itself may not.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::ports::{Health, PortError};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use stores::postgres;
use testkit::build::tenant;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::server;

/// The eight bytes by which a client asks for encryption.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A gate to the server whose certificate names `localhost`, and the certificate's file.
async fn gate() -> (SocketAddr, PathBuf) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.pem", tenant()));
    std::fs::write(&file, cert.pem()).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass(client, acceptor.clone()));
        }
    });
    (address, file)
}

async fn pass(mut client: TcpStream, acceptor: TlsAcceptor) {
    let mut asked = [0; 8];
    client.read_exact(&mut asked).await.unwrap();
    assert_eq!(asked, SSL_REQUEST, "spoke before asking for encryption");
    client.write_all(b"S").await.unwrap();
    // A client that refuses our certificate hangs up here.
    if let Ok(mut client) = acceptor.accept(client).await {
        let _ = copy_bidirectional(&mut client, &mut server::wire().await).await;
    }
}

async fn ping(address: &str, authorities: Option<&Path>) -> Result<(), PortError> {
    postgres::connect(address, authorities)
        .unwrap()
        .ping()
        .await
}

#[tokio::test]
async fn a_server_with_a_trusted_certificate_is_spoken_to() {
    let (gate, file) = gate().await;
    for mode in ["require", "verify-full"] {
        let address = server::address("localhost", gate.port(), &format!("sslmode={mode}"));
        ping(&address, Some(&file)).await.unwrap();
        let applied = postgres::migrate(&address, Some(&file)).await;
        assert!(applied.is_ok(), "{applied:?}");
    }
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_server_that_does_not_prove_its_name_is_refused() {
    let (gate, file) = gate().await;
    let (_, foreign) = self::gate().await;
    for (host, authorities) in [
        ("localhost", None),
        ("localhost", Some(foreign.as_path())),
        ("127.0.0.1", Some(file.as_path())),
    ] {
        for mode in ["require", "verify-full"] {
            let outcome = ping(
                &server::address(host, gate.port(), &format!("sslmode={mode}")),
                authorities,
            )
            .await;
            assert!(
                matches!(outcome, Err(PortError::Broken { .. })),
                "{host} {mode}: {outcome:?}"
            );
        }
    }
    for file in [file, foreign] {
        std::fs::remove_file(file).unwrap();
    }
}

/// Whoever sits on the way can answer that encryption is not to be had.
#[tokio::test]
async fn nothing_is_said_in_plain_text_where_encryption_is_asked_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let overheard = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut asked = [0; 8];
        client.read_exact(&mut asked).await.unwrap();
        client.write_all(b"N").await.unwrap();
        let mut rest = vec![];
        client.read_to_end(&mut rest).await.unwrap();
        rest
    });
    let outcome = ping(&server::address("127.0.0.1", port, "sslmode=require"), None).await;
    assert!(
        matches!(outcome, Err(PortError::Broken { .. })),
        "{outcome:?}"
    );
    assert_eq!(overheard.await.unwrap(), [0; 0]);
}
