//! A receiver of webhooks: a real HTTP server on loopback that remembers what it was sent.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Collected, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// How it was sent.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// An address at which nobody listens yet: connections to it are refused.
#[derive(Debug)]
pub struct Closed {
    socket: TcpSocket,
    address: SocketAddr,
}

/// A receiver that listens until it is dropped.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    sent: Arc<Mutex<Vec<Sent>>>,
    serving: JoinHandle<()>,
}

impl Closed {
    /// An address that is ours until the receiver is dropped.
    pub fn reserve() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address })
    }

    /// Where it will listen.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Listens, and answers the requests with these statuses, one after the other; with the last
    /// of them from then on.
    pub fn open(self, statuses: &'static [u16]) -> io::Result<Receiver> {
        let listener = self.socket.listen(64)?;
        let sent = Arc::default();
        let serving = tokio::spawn(serve(listener, Arc::clone(&sent), statuses));
        Ok(Receiver {
            address: self.address,
            sent,
            serving,
        })
    }
}

impl Receiver {
    /// Listens at an address of its own; see [`Closed::open`].
    pub fn answering(statuses: &'static [u16]) -> io::Result<Self> {
        Closed::reserve()?.open(statuses)
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Everything that came, in order.
    pub fn sent(&self) -> Vec<Sent> {
        lock(&self.sent).clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn lock(sent: &Mutex<Vec<Sent>>) -> std::sync::MutexGuard<'_, Vec<Sent>> {
    sent.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, sent: Arc<Mutex<Vec<Sent>>>, statuses: &'static [u16]) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream, Arc::clone(&sent), statuses));
    }
}

async fn converse(stream: TcpStream, sent: Arc<Mutex<Vec<Sent>>>, statuses: &'static [u16]) {
    let answer = service_fn(|request| {
        let sent = Arc::clone(&sent);
        async move { Ok::<_, Infallible>(answer(request, &sent, statuses).await) }
    });
    let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
    // A sender that hangs up has what it wants.
    let _ = serving.await;
}

async fn answer(
    request: Request<Incoming>,
    sent: &Mutex<Vec<Sent>>,
    statuses: &[u16],
) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(Collected::to_bytes);
    let mut sent = lock(sent);
    let status = statuses.get(sent.len()).or(statuses.last());
    sent.push(Sent {
        method: parts.method,
        path: parts.uri.to_string(),
        headers: parts.headers,
        body: body.unwrap_or_default(),
    });
    let status = status.and_then(|status| StatusCode::from_u16(*status).ok());
    let mut response = Response::new(Full::default());
    *response.status_mut() = status.unwrap_or(StatusCode::NO_CONTENT);
    response
}
