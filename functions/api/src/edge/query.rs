//! Query parameters. Unknown ones are ignored, so that links with tracking parameters work.

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::Refusal;

/// The query's parameters as text; the endpoint knows what they mean.
#[derive(Debug)]
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let read = Query::<T>::try_from_uri(&parts.uri);
        // With all parameters optional texts, only a repetition can fail.
        let Query(params) = read.map_err(|error| {
            Refusal::invalid_query("query", format!("give each parameter once: {error}"))
        })?;
        Ok(Self(params))
    }
}
