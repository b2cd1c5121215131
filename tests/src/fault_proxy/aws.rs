//! A reverse proxy for AWS that does what a plan says.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderName, Response, StatusCode, header};
use http_body_util::Full;
use runtime_api::{Answered, Asked, Cut, HttpServer, Killer};
use serde_json::json;

use super::call::Counter;
use super::{Action, Call, Plan};

/// Headers that belong to one connection, not to the request.
const OF_A_CONNECTION: [HeaderName; 5] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::HOST,
    header::TRANSFER_ENCODING,
];

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    counter: Counter,
    plan: Plan,
    victim: Option<Killer>,
}

/// Stands between a function and AWS.
pub struct AwsProxy {
    server: HttpServer,
    state: Arc<Mutex<State>>,
}

impl AwsProxy {
    /// Forwards to this endpoint, such as `http://127.0.0.1:4566`.
    pub async fn start(endpoint: &str) -> Self {
        let state = Arc::<Mutex<State>>::default();
        let upstream = Upstream {
            http: reqwest::Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .expect("a client"),
            endpoint: endpoint.trim_end_matches('/').to_owned(),
        };
        let shared = Arc::clone(&state);
        let server = HttpServer::start(move |request| {
            let (upstream, state) = (upstream.clone(), Arc::clone(&shared));
            async move { upstream.handle(request, &state).await }
        })
        .await
        .expect("a free port");
        Self { server, state }
    }

    /// The function's `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Whom the plan's kills are for.
    pub fn aim_at(&self, victim: Killer) {
        locked(&self.state).victim = Some(victim);
    }

    /// Goes by another plan from now on.
    pub fn follow(&self, plan: Plan) {
        locked(&self.state).plan = plan;
    }

    /// Every request so far, in order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        locked(&self.state).calls.clone()
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone)]
struct Upstream {
    http: reqwest::Client,
    endpoint: String,
}

impl Upstream {
    async fn handle(&self, request: Asked, state: &Mutex<State>) -> Result<Answered, Cut> {
        let (action, victim) = {
            let mut state = locked(state);
            let call = state.counter.call(&request);
            state.calls.push(call.clone());
            (state.plan.action(&call), state.victim.clone())
        };
        match action {
            Action::Forward => self.forward(request).await,
            Action::Stall(length) => {
                tokio::time::sleep(length).await;
                self.forward(request).await
            }
            Action::CutBefore => Err(Cut),
            Action::CutAfter => {
                self.forward(request).await?;
                Err(Cut)
            }
            Action::KillBefore => kill(victim).await,
            Action::KillAfter => {
                self.forward(request).await?;
                kill(victim).await
            }
            Action::Throttle | Action::ServerError | Action::Deny => {
                let of_s3 = request.headers().get("x-amz-target").is_none();
                Ok(if of_s3 { xml(action) } else { json(action) })
            }
        }
    }

    async fn forward(&self, request: Asked) -> Result<Answered, Cut> {
        let (head, body) = request.into_parts();
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let sent = self
            .http
            .request(head.method, format!("{}{path}", self.endpoint))
            .headers(without_connection(&head.headers))
            .body(body)
            .send()
            .await
            .map_err(|_| Cut)?;
        let (status, headers) = (sent.status(), without_connection(sent.headers()));
        let body = sent.bytes().await.map_err(|_| Cut)?;
        let mut answer = Response::new(Full::new(body));
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

async fn kill(victim: Option<Killer>) -> Result<Answered, Cut> {
    victim.expect("somebody to kill").kill9().await;
    Err(Cut)
}

fn without_connection(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in OF_A_CONNECTION {
        headers.remove(name);
    }
    headers
}

/// An error as the JSON protocols have it.
fn json(action: Action) -> Answered {
    let (status, code) = match action {
        Action::Throttle => (StatusCode::BAD_REQUEST, "ThrottlingException"),
        Action::Deny => (StatusCode::BAD_REQUEST, "AccessDeniedException"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
    };
    let body = json!({"__type": code, "message": "from the fault proxy"});
    answer(status, "application/x-amz-json-1.0", body.to_string())
}

/// An error as S3 has it.
fn xml(action: Action) -> Answered {
    let (status, code) = match action {
        Action::Throttle => (StatusCode::SERVICE_UNAVAILABLE, "SlowDown"),
        Action::Deny => (StatusCode::FORBIDDEN, "AccessDenied"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
    };
    let body = format!("<Error><Code>{code}</Code><Message>from the fault proxy</Message></Error>");
    answer(status, "application/xml", body)
}

fn answer(status: StatusCode, kind: &str, body: String) -> Answered {
    Response::builder()
        .status(status)
        .header("content-type", kind)
        .body(Full::from(body))
        .expect("valid headers")
}
