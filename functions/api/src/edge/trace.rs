//! The trace that a request belongs to.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use domain::Trace;
use domain::ports::Entropy;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const XRAY: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// The trace of the request, as an argument of a handler.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Traced(pub(crate) Option<Trace>);

impl<S: Sync> FromRequestParts<S> for Traced {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<Trace>().copied()))
    }
}

/// The caller's trace; else that of API Gateway; else a new one. A header that is no trace counts
/// as none.
pub(super) fn trace(headers: &HeaderMap, entropy: &dyn Entropy) -> Trace {
    let text = |name| {
        let value: &HeaderValue = headers.get(name)?;
        value.to_str().ok()
    };
    let given = text(TRACEPARENT).and_then(|text| text.parse().ok());
    let given = given.or_else(|| text(XRAY).and_then(Trace::from_xray));
    given.map_or_else(|| Trace::begin(entropy), |trace: Trace| trace.next(entropy))
}

/// Tells the caller which trace to look for.
pub(super) fn tell(headers: &mut HeaderMap, trace: Trace) {
    if let Ok(value) = HeaderValue::from_str(&trace.to_string()) {
        headers.insert(TRACEPARENT, value);
    }
}

#[cfg(test)]
mod tests {
    use crate::scene::{Scene, sample};

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const PARENT_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const ROOT: &str = "Root=1-5759e988-bd862e3fe1be46a994272793";
    const ROOT_ID: &str = "5759e988bd862e3fe1be46a994272793";

    #[tokio::test]
    async fn a_task_keeps_the_trace_of_its_submission() {
        for (parent, id) in [
            (Some(PARENT), PARENT_ID),
            (None, ROOT_ID),
            (Some("nonsense"), ROOT_ID),
        ] {
            let scene = Scene::new().await;
            let mut event = sample("submit-aggregate");
            event
                .headers
                .insert("x-amzn-trace-id", ROOT.parse().unwrap());
            if let Some(parent) = parent {
                event.headers.insert("traceparent", parent.parse().unwrap());
            }
            let answer = scene.ask(event).await;
            let told = answer.headers["traceparent"].as_str().unwrap();
            assert!(told.contains(id) && told != PARENT, "{told}");
            let request_id = answer.body["request_id"].as_str().unwrap();
            let task = scene.tasks.get(request_id.parse().unwrap()).unwrap();
            assert_eq!(task.trace.unwrap().to_string(), told);
        }
    }

    #[tokio::test]
    async fn a_call_without_a_trace_begins_one() {
        let scene = Scene::new().await;
        let mut event = sample("dashboard");
        event.headers.remove("x-amzn-trace-id");
        let first = scene.ask(event.clone()).await.headers["traceparent"].clone();
        let second = scene.ask(event).await.headers["traceparent"].clone();
        assert!(first.is_string() && first != second, "{first} {second}");
    }
}
