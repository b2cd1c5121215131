//! Sends.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::answer::Answer;
use crate::connect::{Stream, connect, public_roots};
use crate::guard::{Guard, Target};
use crate::message::Webhook;
use crate::outcome::{Attempt, GiveUp, Outcome};
use crate::problem::Problem;
use crate::resolve::{Resolver, SystemResolver};
use crate::schedule::Schedule;
use crate::signature::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature_header};

/// The longest head of an answer, in bytes.
const LONGEST_HEAD: usize = 16 * 1_024;

/// What an endpoint may cost us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The whole attempt, from asking for the address to the end of the answer.
    pub timeout: Duration,
    /// How much of the answer's body is read, in bytes.
    pub excerpt: usize,
}

impl Default for Limits {
    /// 15 seconds, which the specification recommends, and 1 KiB.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(15),
            excerpt: 1_024,
        }
    }
}

/// Sends webhooks. Make one and keep it. Proxies of the environment are not used, redirects are not
/// followed.
#[derive(Debug, Clone)]
pub struct Sender<R = SystemResolver> {
    guard: Guard,
    limits: Limits,
    schedule: Schedule,
    resolver: R,
    tls: Arc<ClientConfig>,
    agent: String,
}

impl Sender {
    /// With the schedule of the specification and the public certificate authorities. `agent` is
    /// how endpoints know us: a product and its version.
    pub fn new(guard: Guard, agent: impl Into<String>) -> Result<Self, rustls::Error> {
        Ok(Self {
            guard,
            limits: Limits::default(),
            schedule: Schedule::default(),
            resolver: SystemResolver,
            tls: Arc::new(public_roots()?),
            agent: agent.into(),
        })
    }
}

impl<R: Resolver> Sender<R> {
    /// With other limits.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// With another schedule.
    #[must_use]
    pub fn schedule(self, schedule: Schedule) -> Self {
        Self { schedule, ..self }
    }

    /// Trusting other certificate authorities.
    #[must_use]
    pub fn tls(self, tls: ClientConfig) -> Self {
        let tls = Arc::new(tls);
        Self { tls, ..self }
    }

    /// Asking somebody else for addresses.
    #[must_use]
    pub fn resolver<S: Resolver>(self, resolver: S) -> Sender<S> {
        Sender {
            guard: self.guard,
            limits: self.limits,
            schedule: self.schedule,
            resolver,
            tls: self.tls,
            agent: self.agent,
        }
    }

    /// Makes one attempt. `random` is 32 random bits for the wait before the next.
    pub async fn send(&self, webhook: &Webhook, now: SystemTime, random: u32) -> Attempt {
        let answer = match self.exchange(webhook, now).await {
            Ok(answer) => answer,
            Err(problem) => {
                let outcome = self.failed(webhook.attempt, random, None, problem);
                let answer = None;
                return Attempt { outcome, answer };
            }
        };
        let outcome = match answer.status {
            status if status.is_success() => Outcome::Delivered,
            StatusCode::GONE => Outcome::Disable,
            status => {
                let problem = Problem::Status(status);
                self.failed(webhook.attempt, random, answer.retry_after, problem)
            }
        };
        let answer = Some(answer);
        Attempt { outcome, answer }
    }

    fn failed(
        &self,
        attempt: u32,
        random: u32,
        asked: Option<Duration>,
        problem: Problem,
    ) -> Outcome {
        if matches!(problem, Problem::Refused(_) | Problem::Request(_)) {
            return Outcome::GiveUp(GiveUp::Impossible(problem));
        }
        match self.schedule.after(attempt, random) {
            Some(wait) => Outcome::Retry {
                after: wait.max(asked.unwrap_or_default()),
                problem,
            },
            None => Outcome::GiveUp(GiveUp::Exhausted(problem)),
        }
    }

    async fn exchange(&self, webhook: &Webhook, now: SystemTime) -> Result<Answer, Problem> {
        let deadline = Instant::now() + self.limits.timeout;
        let target = self.guard.check_url(&webhook.url)?;
        let request = self
            .request(webhook, &target, now)
            .map_err(Problem::Request)?;
        // Aborted when dropped, and with it the connection.
        let mut driver = JoinSet::new();
        let answering = async {
            let stream = connect(&target, &self.guard, &self.resolver, &self.tls).await?;
            ask(stream, request, &mut driver)
                .await
                .map_err(Problem::Broken)
        };
        let response = timeout_at(deadline, answering).await;
        let response = response.map_err(|_| Problem::Timeout)??;
        Ok(Answer::read(response, self.limits.excerpt, deadline, now).await)
    }

    fn request(
        &self,
        webhook: &Webhook,
        target: &Target,
        now: SystemTime,
    ) -> Result<Request<Full<Bytes>>, http::Error> {
        let timestamp = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let Webhook { id, payload, .. } = webhook;
        let secrets = std::iter::once(&webhook.secret).chain(&webhook.retiring);
        let signature = signature_header(secrets, id, timestamp, payload);
        Request::post(&target.path)
            .header(HOST, target.authority())
            .header(CONNECTION, "close")
            .header(USER_AGENT, &self.agent)
            .header(CONTENT_TYPE, "application/json")
            .header(ID_HEADER, id.as_str())
            .header(TIMESTAMP_HEADER, timestamp)
            .header(SIGNATURE_HEADER, signature)
            .body(Full::new(payload.clone()))
    }
}

async fn ask(
    stream: Box<dyn Stream>,
    request: Request<Full<Bytes>>,
    driver: &mut JoinSet<hyper::Result<()>>,
) -> hyper::Result<Response<Incoming>> {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(LONGEST_HEAD);
    let (mut connection, io) = builder.handshake(TokioIo::new(stream)).await?;
    driver.spawn(io);
    connection.send_request(request).await
}
