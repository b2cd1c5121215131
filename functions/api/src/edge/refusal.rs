//! A request that is not answered as asked, as RFC 9457 `application/problem+json`.

use std::error::Error;
use std::sync::Arc;

use app::pause_check::Paused;
use axum::response::{IntoResponse, Response};
use domain::ports::PortError;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use protocol::http::{BatchProblem, BatchRefused};
use protocol::problem::{FieldProblem, MEDIA_TYPE, Problem};
use time::Duration;

/// What callers are told to wait when a store is away, in seconds. A failover takes longer; a
/// dropped connection is mended sooner.
const RETRY_AFTER_SECONDS: u64 = 2;

/// Why a request was refused or failed, and what of it is only for the log.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldProblem>,
    /// In seconds.
    retry_after: Option<u64>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// What the log line says of a refusal; travels with the response inside this process.
#[derive(Debug, Clone)]
pub(crate) struct Reason {
    /// The refusal's code.
    pub(crate) code: &'static str,
    /// What a store or library said. Callers do not see it.
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Reason {
    /// The cause, with everything behind it.
    pub(crate) fn cause(&self) -> Option<&(dyn Error + 'static)> {
        let cause: &(dyn Error + 'static) = self.cause.as_deref()?;
        Some(cause)
    }
}

impl Refusal {
    /// A refusal with its stable code and what a person should know.
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            cause: None,
        }
    }

    /// A failure of ours. Its cause goes to the log and not to the caller.
    pub(crate) fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let detail = "something went wrong on our side; the log has the details";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail).because(cause)
    }

    /// A query parameter that is not as it should be.
    pub(crate) fn invalid_query(parameter: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let detail = format!("{parameter}: {message}");
        Self::new(StatusCode::BAD_REQUEST, "invalid_query", detail).at([(parameter, message)])
    }

    /// A field of the body that its type could not refuse.
    pub(crate) fn invalid_body(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let detail = format!("{field}: {message}");
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(status, "invalid_body", detail).at([(field, message)])
    }

    /// The same refusal, with the fields at fault.
    pub(crate) fn at<F: Into<String>, M: Into<String>>(
        mut self,
        fields: impl IntoIterator<Item = (F, M)>,
    ) -> Self {
        let problem = |(field, message): (F, M)| FieldProblem {
            field: field.into(),
            message: message.into(),
        };
        self.errors = fields.into_iter().map(problem).collect();
        self
    }

    /// A request that came too early. The wait is told in whole seconds, rounded up, at least one:
    /// whoever keeps to it is not refused again for coming too early.
    pub(crate) fn too_early(detail: impl Into<String>, wait: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail).after(wait)
    }

    /// The same with the time after which it is worth another try, in whole seconds.
    pub(crate) fn after(self, wait: Duration) -> Self {
        let seconds = wait.whole_seconds() + i64::from(wait.subsec_nanoseconds() > 0);
        Self {
            retry_after: Some(u64::try_from(seconds).unwrap_or_default().max(1)),
            ..self
        }
    }

    /// The refusal as one part of a larger answer. That answer's log line knows nothing of a
    /// cause, so it is a note of it.
    pub(crate) fn into_part(self, index: usize) -> BatchRefused {
        if let Some(cause) = self.cause.as_deref() {
            let cause: &(dyn Error + 'static) = cause;
            let cause = domain::causes(cause);
            tracing::warn!(
                index,
                error.code = self.code,
                error.cause = cause,
                "part failed"
            );
        }
        let error = BatchProblem {
            code: self.code.into(),
            message: self.detail,
            errors: self.errors,
            retry_after: self.retry_after,
        };
        BatchRefused { index, error }
    }

    fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
        self
    }
}

/// Not a 5xx: nothing is wrong with the service, which does as it was told, so neither an alarm nor a caller's circuit
/// breaker is to take it for an outage. As with a rate an allowance is used up, and comes back with time.
impl From<Box<Paused>> for Refusal {
    fn from(paused: Box<Paused>) -> Self {
        let detail = paused.to_string();
        Self::new(StatusCode::TOO_MANY_REQUESTS, "paused", detail).after(paused.wait)
    }
}

impl From<PortError> for Refusal {
    fn from(error: PortError) -> Self {
        match &error {
            PortError::Unavailable { what, .. } => {
                let detail = format!("{what} is unavailable; try again in a moment");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).because(error)
            }
            PortError::Conflict { what } => {
                let detail = format!("{what} was changed at the same time; try again");
                Self::new(StatusCode::CONFLICT, "conflict", detail).because(error)
            }
            PortError::Broken { .. } => Self::internal(error),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or_default();
        let problem = Problem::new(self.status.as_u16(), title, self.code, self.detail)
            .with_errors(self.errors);
        let mut response = (self.status, axum::Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        let away = self.status == StatusCode::SERVICE_UNAVAILABLE;
        if let Some(wait) = self.retry_after.or(away.then_some(RETRY_AFTER_SECONDS)) {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait));
        }
        let (code, cause) = (self.code, self.cause);
        response.extensions_mut().insert(Reason { code, cause });
        response
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    async fn body(response: Response) -> Value {
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await;
        serde_json::from_slice(&bytes.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn a_store_that_is_away_asks_for_patience_and_hides_its_words() {
        let error = PortError::unavailable("postgres", "connect to 10.0.0.7:5432 refused");
        let response = Refusal::from(error).into_response();
        assert_eq!(response.headers()[RETRY_AFTER], "2");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        let reason = response.extensions().get::<Reason>().unwrap();
        let logged = "postgres is unavailable: connect to 10.0.0.7:5432 refused";
        assert_eq!(reason.cause().map(domain::causes).as_deref(), Some(logged));
        let expected = json!({
            "type": "about:blank", "title": "Service Unavailable", "status": 503,
            "code": "unavailable", "detail": "postgres is unavailable; try again in a moment",
        });
        assert_eq!(body(response).await, expected);
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds_rounded_up() {
        let told = |milliseconds| {
            let refusal = Refusal::too_early("slower", Duration::milliseconds(milliseconds));
            refusal.into_response().headers()[RETRY_AFTER].clone()
        };
        assert_eq!(
            [told(0), told(1), told(1_000), told(1_001)],
            ["1", "1", "1", "2"]
        );
    }

    #[tokio::test]
    async fn what_broke_stays_with_us() {
        let error = PortError::broken("tasks table", "attribute `state` is missing");
        let body = body(Refusal::from(error).into_response()).await;
        assert_eq!(
            (&body["status"], &body["code"]),
            (&json!(500), &json!("internal"))
        );
        assert!(!body.to_string().contains("table"));
    }

    #[tokio::test]
    async fn a_race_is_told_as_such() {
        let response = Refusal::from(PortError::Conflict { what: "task" }).into_response();
        assert_eq!(response.status(), StatusCode::CONFLICT);
    }
}
