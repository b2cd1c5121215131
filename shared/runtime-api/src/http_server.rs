//! An HTTP server on loopback, for as long as it is kept.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// How long nobody is let in after that failed.
const BREATH: Duration = Duration::from_millis(10);

/// A request with its whole body.
pub type Asked = Request<Bytes>;

/// An answer with its whole body.
pub type Answered = Response<Full<Bytes>>;

/// The connection is closed without an answer.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the connection is cut")]
pub struct Cut;

/// A running server; dropping it closes its port and every connection.
#[derive(Debug)]
pub struct HttpServer {
    address: SocketAddr,
    accepting: AbortHandle,
}

impl HttpServer {
    /// Serves on a free port.
    ///
    /// # Errors
    /// The system gives no port.
    pub async fn start<F>(
        handle: impl Fn(Asked) -> F + Clone + Send + Sync + 'static,
    ) -> io::Result<Self>
    where
        F: Future<Output = Result<Answered, Cut>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(accept(listener, handle)).abort_handle();
        Ok(Self { address, accepting })
    }

    /// Host and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Connections live in a set, so that they end with the server.
async fn accept<F>(
    listener: TcpListener,
    handle: impl Fn(Asked) -> F + Clone + Send + Sync + 'static,
) -> Infallible
where
    F: Future<Output = Result<Answered, Cut>> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, handle.clone()));
            }
            // A caller that went away at once, or too many open files: those that are served may end.
            Err(_) => tokio::time::sleep(BREATH).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve<F>(stream: TcpStream, handle: impl Fn(Asked) -> F + Clone + Send + Sync + 'static)
where
    F: Future<Output = Result<Answered, Cut>> + Send + 'static,
{
    let service = service_fn(|request: Request<Incoming>| {
        let handle = handle.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
            handle(Request::from_parts(head, body)).await
        }
    });
    // A client that went away, or a cut: nothing to tell anybody.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
