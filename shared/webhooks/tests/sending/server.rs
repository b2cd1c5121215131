//! A server that answers as it is told and remembers what it was asked.

use std::convert::Infallible;
use std::future::pending;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, yield_now};

/// What to answer.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A status, headers and a body.
    Plain(u16, Vec<(&'static str, String)>, &'static str),
    /// Nothing, ever.
    Silence,
    /// A status, then a body that never ends and comes as fast as it is taken.
    Flood(u16),
    /// A status, then a body that never comes.
    Stall(u16),
    /// Bytes that need not be HTTP; then the connection ends.
    Raw(Vec<u8>),
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self::Plain(status, vec![], "")
    }
}

/// A request that came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<Mutex<usize>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) async fn start(reply: Reply) -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST.into(), 0, reply).await
    }

    pub(crate) async fn start_at(ip: IpAddr, port: u16, reply: Reply) -> Self {
        Self::start_with(ip, port, reply, |stream| async { Some(stream) }).await
    }

    /// `dress` is where TLS happens.
    pub(crate) async fn start_with<S, Fut>(
        ip: IpAddr,
        port: u16,
        reply: Reply,
        dress: impl Fn(TcpStream) -> Fut + Send + 'static,
    ) -> Self
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
        Fut: Future<Output = Option<S>> + Send + 'static,
    {
        let listener = TcpListener::bind((ip, port)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, connections) = (Arc::default(), Arc::new(Mutex::new(0)));
        let (log, count) = (Arc::clone(&seen), Arc::clone(&connections));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *count.lock().unwrap() += 1;
                let (reply, log, stream) = (reply.clone(), Arc::clone(&log), dress(stream));
                tokio::spawn(async move {
                    if let Some(stream) = stream.await {
                        serve(stream, reply, log).await;
                    }
                });
            }
        });
        Self {
            address,
            seen,
            connections,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook?token=t", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

async fn serve<S>(mut stream: S, reply: Reply, log: Arc<Mutex<Vec<Seen>>>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    if let Reply::Raw(bytes) = reply {
        let _ = stream.write_all(&bytes).await;
        // Until the other side has read it: closing at once could throw it away.
        tokio::time::sleep(Duration::from_millis(200)).await;
        return;
    }
    let service = service_fn(|request| answer(request, reply.clone(), Arc::clone(&log)));
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    reply: Reply,
    log: Arc<Mutex<Vec<Seen>>>,
) -> Result<Response<BoxBody<Bytes, Infallible>>, Infallible> {
    let (head, body) = request.into_parts();
    let seen = Seen {
        line: format!("{} {}", head.method, head.uri),
        headers: head.headers,
        body: body
            .collect()
            .await
            .map(http_body_util::Collected::to_bytes)
            .unwrap_or_default(),
    };
    log.lock().unwrap().push(seen);
    let builder = Response::builder();
    let response = match reply {
        Reply::Plain(status, headers, body) => {
            let add = |builder: http::response::Builder, (name, value)| {
                builder.header::<&str, String>(name, value)
            };
            let builder = headers.into_iter().fold(builder.status(status), add);
            builder.body(Full::from(body).boxed())
        }
        Reply::Flood(status) => builder.status(status).body(Flood.boxed()),
        Reply::Stall(status) => builder.status(status).body(Stall.boxed()),
        Reply::Silence | Reply::Raw(_) => {
            yield_now().await;
            pending().await
        }
    };
    Ok(response.unwrap())
}

struct Flood;

impl Body for Flood {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 16_384])))))
    }
}

struct Stall;

impl Body for Stall {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}
