//! Connects to addresses that were checked, and to no others.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Host;

use crate::guard::{Guard, Target};
use crate::problem::Problem;
use crate::resolve::Resolver;

/// Addresses that are tried.
const MOST_ADDRESSES: usize = 4;

/// How long one address may take to answer, so that the next has its turn.
const PATIENCE: Duration = Duration::from_secs(3);

/// A stream to an endpoint.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Trusts the public certificate authorities.
pub fn public_roots() -> Result<ClientConfig, rustls::Error> {
    let roots = webpki_roots::TLS_SERVER_ROOTS
        .iter()
        .cloned()
        .collect::<RootCertStore>();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Resolves, checks and connects. Of several addresses all must be allowed: an endpoint that mixes
/// public and private ones is up to something.
pub(crate) async fn connect(
    target: &Target,
    guard: &Guard,
    resolver: &impl Resolver,
    tls: &Arc<ClientConfig>,
) -> Result<Box<dyn Stream>, Problem> {
    let addresses = addresses(target, resolver).await?;
    addresses
        .iter()
        .try_for_each(|address| guard.check_address(*address))?;
    let stream = first(&addresses, target.port)
        .await
        .map_err(Problem::Connect)?;
    if !target.https {
        return Ok(Box::new(stream));
    }
    let connector = TlsConnector::from(Arc::clone(tls));
    let name = server_name(target).map_err(Problem::Tls)?;
    let stream = connector.connect(name, stream).await;
    Ok(Box::new(stream.map_err(Problem::Tls)?))
}

async fn addresses(target: &Target, resolver: &impl Resolver) -> Result<Vec<IpAddr>, Problem> {
    let name = match &target.host {
        Host::Ipv4(address) => return Ok(vec![(*address).into()]),
        Host::Ipv6(address) => return Ok(vec![(*address).into()]),
        Host::Domain(name) => name,
    };
    let found = resolver.resolve(name).await.map_err(Problem::Resolve)?;
    if found.is_empty() {
        let none = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        return Err(Problem::Resolve(none));
    }
    Ok(found)
}

/// The first address that answers.
async fn first(addresses: &[IpAddr], port: u16) -> io::Result<TcpStream> {
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses.iter().take(MOST_ADDRESSES) {
        let connecting = TcpStream::connect(SocketAddr::new(*address, port));
        match timeout(PATIENCE, connecting).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => failure = error,
            Err(_) => failure = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(failure)
}

fn server_name(target: &Target) -> io::Result<ServerName<'static>> {
    match &target.host {
        Host::Ipv4(address) => Ok(IpAddr::from(*address).into()),
        Host::Ipv6(address) => Ok(IpAddr::from(*address).into()),
        Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(name).to_owned();
            ServerName::try_from(name)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
        }
    }
}
