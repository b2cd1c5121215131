//! The way to the server: plain text, or encrypted with the server's certificate checked.

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::{CancelToken, Error, NoTls};
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
    /// An encrypted way, trusting the authorities in the file, or the public ones without it.
    pub(super) fn encrypted(authorities: Option<&Path>) -> Result<Self, ConnectError> {
        let roots = match authorities {
            Some(file) => read_authorities(file)?,
            None => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
        };
        // The process may hold two cryptography libraries (the AWS SDK brings another), so ours
        // is named instead of taken from a default.
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|cause| ConnectError::client(SERVER, cause))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self::Encrypted(MakeRustlsConnect::new(config)))
    }

    /// Asks the server to stop what the token's connection is doing.
    pub(super) async fn cancel(&self, token: CancelToken) -> Result<(), Error> {
        match self {
            Self::Plain => token.cancel_query(NoTls).await,
            Self::Encrypted(tls) => token.cancel_query(tls.clone()).await,
        }
    }
}

fn read_authorities(file: &Path) -> Result<RootCertStore, ConnectError> {
    let refuse = |cause| ConnectError::Authorities {
        file: file.into(),
        cause,
    };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|cause| refuse(Some(cause.into())))?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots
            .add(certificate)
            .map_err(|cause| refuse(Some(cause.into())))?;
    }
    if roots.is_empty() {
        return Err(refuse(None));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_authorities_is_refused() {
        for file in ["/does/not/exist", "/dev/null"] {
            let outcome = Connector::encrypted(Some(Path::new(file)));
            assert!(
                matches!(outcome, Err(ConnectError::Authorities { .. })),
                "{file}"
            );
        }
        assert!(Connector::encrypted(None).is_ok());
    }
}
