//! `GET /health`, for whoever replaces pools that are not well.

use std::convert::Infallible;
use std::future::ready;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use sqs_batch::Pulse;
use tokio::net::TcpListener;

/// How long a queue may be away before the pool is called unwell: longer than what a short outage takes,
/// since a new pool would not reach the queue either.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long a caller may take to say what it wants.
const HEADERS: Duration = Duration::from_secs(5);

/// Knows how the consumers are.
#[derive(Clone)]
pub(crate) struct Health(Arc<[Arc<Pulse>; 2]>);

impl Health {
    /// Of the normal and the urgent queue.
    pub(crate) fn of(pulses: [Arc<Pulse>; 2]) -> Self {
        Self(Arc::new(pulses))
    }

    /// Whether all are well, with the figures.
    fn tell(&self) -> (StatusCode, String) {
        let [normal, urgent] = &*self.0;
        let failing = |pulse: &Pulse| pulse.failing_for().unwrap_or_default();
        let longest = failing(normal).max(failing(urgent));
        let well = longest < PATIENCE;
        let (status, word) = if well {
            (StatusCode::OK, "ok")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "queue_away")
        };
        let body = json!({
            "status": word,
            "tasks": normal.in_hand(),
            "urgent_tasks": urgent.in_hand(),
            "queue_away_s": longest.as_secs(),
        });
        (status, body.to_string())
    }

    /// Takes the port.
    ///
    /// # Errors
    ///
    /// Somebody else has it.
    pub(crate) async fn listen(self, port: u16, everywhere: bool) -> std::io::Result<Listening> {
        let host = if everywhere {
            Ipv4Addr::UNSPECIFIED
        } else {
            Ipv4Addr::LOCALHOST
        };
        let listener = match port {
            0 => None,
            _ => Some(TcpListener::bind(SocketAddr::from((host, port))).await?),
        };
        Ok(Listening {
            listener,
            health: self,
        })
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let known = request.method() == Method::GET && request.uri().path() == "/health";
        let (status, body) = if known {
            self.tell()
        } else {
            (
                StatusCode::NOT_FOUND,
                json!({"status": "not_found"}).to_string(),
            )
        };
        let mut response = Response::new(Full::new(Bytes::from(body)));
        *response.status_mut() = status;
        let json = hyper::header::HeaderValue::from_static("application/json");
        response
            .headers_mut()
            .insert(hyper::header::CONTENT_TYPE, json);
        response
    }
}

/// A port that is taken, or none.
pub(crate) struct Listening {
    listener: Option<TcpListener>,
    health: Health,
}

impl Listening {
    /// Which.
    pub(crate) fn port(&self) -> Option<u16> {
        let address = self.listener.as_ref()?.local_addr();
        address.ok().map(|address| address.port())
    }

    /// Answers for ever.
    pub(crate) async fn serve(self) {
        let Some(listener) = self.listener else {
            return std::future::pending().await;
        };
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // Out of file handles, for example: that passes.
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            };
            let health = self.health.clone();
            let answer =
                service_fn(move |request| ready(Ok::<_, Infallible>(health.answer(&request))));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADERS)
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), answer);
            // A caller that breaks off has no answer to miss.
            tokio::spawn(async { drop(connection.await) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn health_is_told_and_nothing_else() {
        let health = Health::of([Arc::default(), Arc::default()]);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let listening = Listening {
            listener: Some(listener),
            health,
        };
        let serving = tokio::spawn(listening.serve());
        let get = |path: &str| reqwest::get(format!("http://{address}{path}"));
        let answer = get("/health").await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        let body: serde_json::Value = answer.json().await.unwrap();
        let well = json!({"status": "ok", "tasks": 0, "urgent_tasks": 0, "queue_away_s": 0});
        assert_eq!(body, well);
        assert_eq!(get("/").await.unwrap().status().as_u16(), 404);
        serving.abort();
    }
}
