//! HTTPS, with certificates of our own.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;
use webhooks::{Outcome, Problem, Resolver, public_roots};

use super::server::{Reply, Server};
use super::{noon, open_to, problem, webhook};

struct Here;

impl Resolver for Here {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![Ipv4Addr::LOCALHOST.into()])
    }
}

/// A server that proves to be `endpoint.example`, and a client that trusts it.
async fn server() -> (Server, ClientConfig) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["endpoint.example".to_owned()]).unwrap();
    let provider = Arc::new(ring::default_provider());

    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(Arc::clone(&provider));
    let client = client.with_safe_default_protocol_versions().unwrap();
    let client = client.with_root_certificates(roots).with_no_client_auth();

    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(provider);
    let config = config
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth();
    let config = config
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let dress = move |stream| {
        let accepting = acceptor.accept(stream);
        async { accepting.await.ok() }
    };
    let here = Ipv4Addr::LOCALHOST.into();
    (
        Server::start_with(here, 0, Reply::status(200), dress).await,
        client,
    )
}

async fn send(server: &Server, tls: ClientConfig, host: &str) -> Outcome {
    let url = format!("https://{host}:{}/", server.address.port());
    let sender = open_to(&[server]).tls(tls).resolver(Here);
    sender.send(&webhook(url), noon(), 0).await.outcome
}

#[tokio::test]
async fn an_endpoint_that_proves_its_name_gets_it() {
    let (server, tls) = server().await;
    assert!(matches!(
        send(&server, tls.clone(), "endpoint.example").await,
        Outcome::Delivered
    ));
    assert!(matches!(
        send(&server, tls, "endpoint.example.").await,
        Outcome::Delivered
    ));
}

#[tokio::test]
async fn one_that_proves_another_name_does_not() {
    let (server, tls) = server().await;
    for host in ["another.example", "127.0.0.1"] {
        let failure = problem(send(&server, tls.clone(), host).await);
        assert!(matches!(failure, Problem::Tls(_)), "{failure:?}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn one_that_nobody_vouches_for_does_not() {
    let (server, _) = server().await;
    let failure = problem(send(&server, public_roots().unwrap(), "endpoint.example").await);
    assert!(matches!(failure, Problem::Tls(_)), "{failure:?}");
    assert!(server.seen().is_empty());
}
