//! The WebSocket, as far as a round trip needs one.

use std::sync::Arc;

use futures::StreamExt;
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

use crate::ProbeError;

/// Trusts the public certificate authorities.
pub(crate) fn public_roots() -> Result<Arc<ClientConfig>, rustls::Error> {
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
pub(crate) struct Socket(WebSocketStream<Box<dyn Stream>>);

impl Socket {
    /// Opens the WebSocket at a `wss://` or, locally, `ws://` address.
    pub(crate) async fn open(url: &str, tls: &Arc<ClientConfig>) -> Result<Self, ProbeError> {
        let stream = connect(url, tls).await?;
        let (socket, _) = client_async(url, stream).await?;
        Ok(Self(socket))
    }

    /// The status that this task ends with.
    pub(crate) async fn end_of(&mut self, request_id: &str) -> Result<String, ProbeError> {
        while let Some(message) = self.0.next().await {
            let Message::Text(text) = message? else {
                continue;
            };
            let frame: Value = serde_json::from_str(&text).unwrap_or_default();
            let status = frame["status"].as_str().unwrap_or("processing");
            if frame["request_id"] == request_id && status != "processing" {
                return Ok(status.to_owned());
            }
        }
        Err(ProbeError::Closed)
    }

    /// Says goodbye; whoever does not hear it finds the connection gone.
    pub(crate) async fn close(mut self) {
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
