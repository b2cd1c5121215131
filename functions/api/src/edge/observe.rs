//! One log line per request, and no panic beyond it.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use boot::SUMMARY;
use domain::Trace;
use domain::ports::Entropy;
use futures::FutureExt;
use http::header::CACHE_CONTROL;
use http::{HeaderValue, Method};
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;
use tracing::{Instrument, Span, info_span};

use super::caller::identify;
use super::refusal::Reason;
use super::{Refusal, trace};

/// Runs the request, turns a panic into an answer, and writes the invocation's line.
pub(crate) async fn observe(
    State(entropy): State<Arc<dyn Entropy>>,
    mut request: Request,
    next: Next,
) -> Response {
    let trace = trace::trace(request.headers(), entropy.as_ref());
    request.extensions_mut().insert(trace);
    let span = span(&request, trace);
    let asked = Asked::by(&request);
    let answering = AssertUnwindSafe(next.run(request)).catch_unwind();
    let answered = answering.instrument(span.clone()).await;
    let mut response = answered.unwrap_or_else(|panic| Refusal::from(panic).into_response());
    span.in_scope(|| asked.log(&response));
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    trace::tell(response.headers_mut(), trace);
    response
}

impl From<Box<dyn Any + Send>> for Refusal {
    /// The panic's own words are in the log already, by the panic hook.
    fn from(_: Box<dyn Any + Send>) -> Self {
        Self::internal("the handler panicked")
    }
}

/// The invocation, with the ids of its request: what is noted within goes into its line.
fn span(request: &Request, trace: Trace) -> Span {
    let context = request.extensions().get::<RequestContext>();
    let request_id = match context {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.as_deref(),
        _ => None,
    };
    let invocation = request.extensions().lambda_context_ref();
    let invocation_id = invocation.map(|context| context.request_id.as_str());
    info_span!(
        "request",
        request.id = request_id,
        faas.invocation_id = invocation_id,
        trace.id = trace.id()
    )
}

/// What the line says of a request: its route and not its path or query, which may hold secrets.
struct Asked {
    method: Method,
    route: String,
    tenant: Option<String>,
    started: Instant,
}

impl Asked {
    fn by(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>();
        let identity = identify(request.extensions());
        Self {
            method: request.method().clone(),
            route: route.map_or("unmatched", MatchedPath::as_str).into(),
            tenant: identity.ok().map(|identity| identity.tenant.into()),
            started: Instant::now(),
        }
    }

    fn log(&self, response: &Response) {
        let Self {
            method,
            route,
            tenant,
            started,
        } = self;
        let status = response.status().as_u16();
        let duration_ms = started.elapsed().as_secs_f64() * 1_000.0;
        let reason = response.extensions().get::<Reason>();
        let code = reason.map(|reason| reason.code);
        let error = reason.and_then(Reason::cause);
        if status < 500 {
            tracing::info!(
                target: SUMMARY,
                {
                    http.method = %method,
                    http.route = route,
                    http.status = status,
                    duration_ms,
                    tenant,
                    code,
                    error,
                },
                "answered"
            );
        } else {
            tracing::error!(
                target: SUMMARY,
                {
                    http.method = %method,
                    http.route = route,
                    http.status = status,
                    duration_ms,
                    tenant,
                    code,
                    error,
                },
                "not answered"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::Mutex;

    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use http::StatusCode;
    use serde_json::{Value, json};
    use testkit::ambient::FixedClock;
    use testkit::build::NOW;
    use testkit::memory::Fault;
    use tower::ServiceExt;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;
    use crate::scene::{Scene, sample};

    async fn bug() {
        panic!("a bug, with the tenant's data in its words");
    }

    #[tokio::test]
    async fn a_panic_is_answered_without_its_words() {
        let entropy: Arc<dyn Entropy> = Arc::new(testkit::ambient::Counting::default());
        let router = Router::new()
            .route("/bug", get(bug))
            .layer(from_fn_with_state(entropy, observe));
        let request = Request::get("/bug").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        let body = axum::body::to_bytes(response.into_body(), 1_000).await;
        let body = String::from_utf8(body.unwrap().into()).unwrap();
        assert!(body.contains(r#""code":"internal""#), "{body}");
        assert!(!body.contains("tenant's data"), "{body}");
    }

    /// Collects what is logged.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Lines {
        /// Collects the lines of this thread from now on.
        fn collect(&self) -> tracing::subscriber::DefaultGuard {
            let writer = self.clone();
            let lines = boot::Lines::new(move || writer.clone(), Arc::new(FixedClock::at(NOW)));
            tracing::subscriber::set_default(tracing_subscriber::registry().with(lines))
        }

        fn read(&self) -> Vec<Value> {
            let bytes = self.0.lock().unwrap();
            let lines = bytes.split(|byte| *byte == b'\n');
            let lines = lines.filter(|line| !line.is_empty());
            lines
                .map(|line| serde_json::from_slice(line).unwrap())
                .collect()
        }
    }

    #[tokio::test]
    async fn one_line_says_what_happened_and_shows_no_secret() {
        let lines = Lines::default();
        let _guard = lines.collect();
        let scene = Scene::new().await;
        let mut event = sample("get-task");
        event
            .headers
            .insert("authorization", "Bearer t0ken".parse().unwrap());
        event.raw_query_string = Some("key=s3cret".into());
        scene.faults.on("tasks.load", 1, Fault::Unavailable);
        scene.ask(event).await;
        scene.ask(sample("ticket")).await;

        let [failed, bought] = lines.read().try_into().unwrap();
        let shown = |line: &Value, fields: &[&str]| -> Vec<Value> {
            fields.iter().map(|field| line[*field].clone()).collect()
        };
        let fields = [
            "level",
            "http.method",
            "http.route",
            "http.status",
            "tenant",
            "code",
        ];
        let expected = ["ERROR", "GET", "/tasks/{id}", "503", "acme", "unavailable"];
        let told: Vec<_> = shown(&failed, &fields).iter().map(text).collect();
        assert_eq!(told, expected);
        assert_eq!(
            shown(&failed, &["error", "causes"]),
            [json!("memory is unavailable"), json!(["a planned fault"])]
        );
        assert_eq!(failed["request.id"], "JKJaXmPLvHcESHA=");
        assert_eq!(failed["trace.id"].as_str().unwrap().len(), 32);
        assert_eq!(
            shown(&bought, &["level", "http.status"]),
            [json!("INFO"), json!(201)]
        );
        let all = format!("{failed}{bought}");
        for secret in ["t0ken", "s3cret", "secret-1"] {
            assert!(!all.contains(secret), "{all}");
        }
    }

    fn text(value: &Value) -> String {
        value.as_str().map_or_else(|| value.to_string(), Into::into)
    }
}
