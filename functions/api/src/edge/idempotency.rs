//! The header by which a submission can be repeated.

use axum::extract::FromRequestParts;
use domain::IdempotencyKey;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};

use super::Refusal;

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// Says that an answer repeats an earlier one.
pub(crate) const REPLAYED: (HeaderName, HeaderValue) = (
    HeaderName::from_static("idempotent-replayed"),
    HeaderValue::from_static("true"),
);

/// The caller's name for this submission, where there is one.
#[derive(Debug)]
pub(crate) struct IdempotencyHeader(pub(crate) Option<IdempotencyKey>);

impl<S: Sync> FromRequestParts<S> for IdempotencyHeader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let mut given = parts.headers.get_all(HEADER).iter();
        let Some(value) = given.next() else {
            return Ok(Self(None));
        };
        if given.next().is_some() {
            return Err(invalid("send one Idempotency-Key, not several"));
        }
        // What is no text cannot be a key either, and is refused as one.
        let text = String::from_utf8_lossy(value.as_bytes());
        idempotency_key(text).map(|key| Self(Some(key)))
    }
}

/// Reads a key, wherever it came from.
pub(crate) fn idempotency_key(text: impl Into<String>) -> Result<IdempotencyKey, Refusal> {
    IdempotencyKey::new(text).map_err(|error| invalid(error.to_string()))
}

fn invalid(detail: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "invalid_idempotency_key", detail)
}
