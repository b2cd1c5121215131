//! The way to the server: plain text, or encrypted with the server's certificate checked.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio::task::JoinHandle;
use tokio_postgres::{CancelToken, Client, Config, Error, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::SERVER;
use crate::ConnectError;

/// Makes the way to the server.
#[derive(Clone)]
pub(super) enum Connector {
    /// As it is.
    Plain,
    /// Encrypted, to a server that proves its name.
    Encrypted(MakeRustlsConnect),
}

impl Connector {
    /// An encrypted way, trusting these authorities.
    pub(super) fn encrypted(roots: RootCertStore) -> Result<Self, ConnectError> {
        // The process may hold two cryptography libraries (the AWS SDK brings another), so ours
        // is named instead of taken from a default.
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|cause| ConnectError::client(SERVER, cause))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self::Encrypted(MakeRustlsConnect::new(config)))
    }

    /// Signs in; the task keeps the connection going.
    pub(super) async fn open(&self, config: &Config) -> Result<(Client, JoinHandle<()>), Error> {
        // What ends a connection is told to whoever waits for its next answer.
        match self {
            Self::Plain => {
                let (client, connection) = config.connect(NoTls).await?;
                Ok((client, tokio::spawn(async { drop(connection.await) })))
            }
            Self::Encrypted(tls) => {
                let (client, connection) = config.connect(tls.clone()).await?;
                Ok((client, tokio::spawn(async { drop(connection.await) })))
            }
        }
    }

    /// Asks the server to stop what the token's connection is doing.
    pub(super) async fn cancel(&self, token: CancelToken) -> Result<(), Error> {
        match self {
            Self::Plain => token.cancel_query(NoTls).await,
            Self::Encrypted(tls) => token.cancel_query(tls.clone()).await,
        }
    }
}
