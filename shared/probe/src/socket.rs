//! A WebSocket of the deployment: texts to and fro.

use std::sync::Arc;

use futures::{SinkExt as _, StreamExt as _};
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::{NotBuilt, ProbeError};

/// Opens connections.
#[derive(Debug, Clone)]
pub struct Dialer(Arc<ClientConfig>);

impl Dialer {
    /// Trusts the public certificate authorities.
    ///
    /// # Errors
    ///
    /// The system's TLS cannot be used.
    pub fn new() -> Result<Self, NotBuilt> {
        let tls = public_roots().map_err(|error| NotBuilt(error.into()))?;
        Ok(Self(tls))
    }

    /// Opens the WebSocket at a `wss://` or, locally, `ws://` address.
    ///
    /// # Errors
    ///
    /// It is refused or cannot be reached. No error shows the address, which may hold a ticket.
    pub async fn open(&self, url: &str) -> Result<Socket, ProbeError> {
        let stream = connect(url, &self.0).await?;
        let (socket, _) = client_async(url, stream).await?;
        Ok(Socket(socket))
    }
}

/// Trusts the public certificate authorities.
fn public_roots() -> Result<Arc<ClientConfig>, rustls::Error> {
    let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
    let roots = roots.collect::<RootCertStore>();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions()?;
    Ok(Arc::new(
        config.with_root_certificates(roots).with_no_client_auth(),
    ))
}

/// What a WebSocket runs over.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// An open WebSocket.
pub struct Socket(WebSocketStream<Box<dyn Stream>>);

impl Socket {
    /// Sends a text.
    ///
    /// # Errors
    ///
    /// The connection is gone.
    pub async fn say(&mut self, text: String) -> Result<(), ProbeError> {
        Ok(self.0.send(Message::text(text)).await?)
    }

    /// The next text; none where the server has closed the connection in order.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub async fn hear(&mut self) -> Result<Option<String>, ProbeError> {
        while let Some(message) = self.0.next().await {
            if let Message::Text(text) = message? {
                return Ok(Some(text.as_str().to_owned()));
            }
        }
        Ok(None)
    }

    /// The status that this task ends with.
    pub(crate) async fn end_of(&mut self, request_id: &str) -> Result<String, ProbeError> {
        while let Some(text) = self.hear().await? {
            let frame: Value = serde_json::from_str(&text).unwrap_or_default();
            let status = frame["status"].as_str().unwrap_or("processing");
            if frame["request_id"] == request_id && status != "processing" {
                return Ok(status.to_owned());
            }
        }
        Err(ProbeError::Closed)
    }

    /// Says goodbye; whoever does not hear it finds the connection gone.
    pub async fn close(mut self) {
        let _ = self.0.close(None).await;
    }
}

async fn connect(url: &str, tls: &Arc<ClientConfig>) -> Result<Box<dyn Stream>, ProbeError> {
    let address: Uri = url.parse().map_err(|_| ProbeError::Address)?;
    let host = address.host().ok_or(ProbeError::Address)?;
    let secure = address.scheme_str() == Some("wss");
    let port = address.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let stream = TcpStream::connect((host, port)).await;
    let stream = stream.map_err(ProbeError::Unreachable)?;
    if !secure {
        return Ok(Box::new(stream));
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|_| ProbeError::Address)?;
    let stream = TlsConnector::from(tls.clone()).connect(name, stream).await;
    Ok(Box::new(stream.map_err(ProbeError::Unreachable)?))
}
