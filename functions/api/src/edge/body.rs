//! A JSON body, with the place of what is wrong with it.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Refusal;

/// A JSON body of at most `LIMIT` bytes.
#[derive(Debug)]
pub(crate) struct JsonBody<T, const LIMIT: usize>(pub(crate) T);

impl<S, T, const LIMIT: usize> FromRequest<S> for JsonBody<T, LIMIT>
where
    S: Sync,
    T: DeserializeOwned,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let bytes = whole(body, LIMIT).await?;
        check_type(&parts.headers)?;
        read(&bytes).map(Self)
    }
}

async fn whole(body: Body, limit: usize) -> Result<Bytes, Refusal> {
    // The invocation holds the whole body, so the limit is all that can fail.
    to_bytes(body, limit).await.map_err(|_| {
        let detail = format!("the body may be {limit} bytes long; send less at once");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
    })
}

/// Without a content type the body is taken for JSON: small clients leave it out.
fn check_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(given) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let essence = given.to_str().unwrap_or_default();
    let essence = essence.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    if essence == "application/json" || essence.ends_with("+json") {
        return Ok(());
    }
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let detail = "send the body as application/json";
    Err(Refusal::new(status, "unsupported_media_type", detail))
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        refused(&path, &error.into_inner())
    })?;
    json.end().map_err(|error| malformed(&error))?;
    check_object(bytes)?;
    Ok(value)
}

/// serde takes a list for a struct's fields in their order; we do not.
fn check_object(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.trim_ascii_start().starts_with(b"{") {
        return Ok(());
    }
    let detail = "the body must be a JSON object";
    Err(invalid("", detail, "must be an object"))
}

/// Reads one item of a body, with the item's own paths.
pub(crate) fn read_item<T: DeserializeOwned>(item: Value) -> Result<T, Refusal> {
    if !item.is_object() {
        return Err(invalid("", "must be an object", "must be an object"));
    }
    serde_path_to_error::deserialize(item).map_err(|error| {
        let path = error.path().to_string();
        refused(&path, &error.into_inner())
    })
}

fn refused(path: &str, error: &serde_json::Error) -> Refusal {
    if !error.is_data() {
        return malformed(error);
    }
    let field = if path == "." { "" } else { path };
    let place = if field.is_empty() { "the body" } else { field };
    let detail = format!("{place} is not as it should be: {error}");
    invalid(field, detail, error.to_string())
}

fn invalid(field: &str, detail: impl Into<String>, message: impl Into<String>) -> Refusal {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "invalid_body", detail).at([(field, message)])
}

fn malformed(error: &serde_json::Error) -> Refusal {
    let detail = format!("the body is not JSON: {error}");
    Refusal::new(StatusCode::BAD_REQUEST, "malformed_json", detail)
}

#[cfg(test)]
mod tests {
    use protocol::http::SubmitBody;

    use super::*;

    async fn refusal(content_type: Option<&str>, body: &'static str) -> String {
        let mut request = http::Request::builder().method("POST");
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        let request = request.body(Body::from(body)).unwrap();
        match JsonBody::<SubmitBody, 60>::from_request(request, &()).await {
            Ok(_) => "taken".into(),
            Err(refusal) => format!("{refusal:?}"),
        }
    }

    #[tokio::test]
    async fn json_is_taken_under_its_names_and_under_none() {
        for name in [
            None,
            Some("application/json"),
            Some("Application/JSON; charset=utf-8"),
            Some("application/vnd.adology+json"),
        ] {
            let outcome = refusal(name, r#"{"kind":"aggregate"}"#).await;
            assert_eq!(outcome, "taken", "{name:?}");
        }
        for name in ["text/plain", "multipart/form-data", "", "json"] {
            let outcome = refusal(Some(name), r#"{"kind":"aggregate"}"#).await;
            assert!(outcome.contains("unsupported_media_type"), "{name:?}");
        }
    }

    #[tokio::test]
    async fn mistakes_are_told_with_their_place() {
        for (body, code, place) in [
            ("", "malformed_json", "line 1 column 0"),
            ("{\n\"kind\":}", "malformed_json", "line 2 column 8"),
            (r#"{"kind":"a"} x"#, "malformed_json", "line 1 column 14"),
            ("[]", "invalid_body", "the body is not"),
            (r#" ["aggregate"]"#, "invalid_body", "must be a JSON object"),
            (r#"{"kind":7}"#, "invalid_body", "field: \"kind\""),
            (r#"{"kind":"a","tags":["b",1]}"#, "invalid_body", "tags[1]"),
            (r#"{"kind":"a","colour":1}"#, "invalid_body", "colour"),
            (r#"{"tags":[]}"#, "invalid_body", "missing field `kind`"),
        ] {
            let outcome = refusal(None, body).await;
            assert!(outcome.contains(code), "{body}: {outcome}");
            assert!(outcome.contains(place), "{body}: {outcome}");
        }
    }

    #[tokio::test]
    async fn a_body_has_a_longest_length() {
        let fits = r#"{"kind":"12345678901234567890123456789012345678901234567890"}"#;
        assert_eq!(fits.len(), 61);
        let outcome = refusal(None, fits).await;
        assert!(outcome.contains("body_too_large"), "{outcome}");
        assert!(refusal(None, &fits[..60]).await.contains("malformed"));
    }
}
