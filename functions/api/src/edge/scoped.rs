//! Callers with further rights.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use domain::Scope;
use http::StatusCode;
use http::request::Parts;

use super::Refusal;
use super::caller::identify;
use super::claims::Unidentified;

/// A caller who may speak to everybody who is connected. A handler that takes one answers nobody
/// else, and reads no body of anybody else.
#[derive(Debug)]
pub(crate) struct Operator;

/// Why a caller may not do what takes a further right.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Forbidden {
    /// It is not known who asks.
    #[error(transparent)]
    Unidentified(#[from] Unidentified),
    /// The right is missing.
    #[error("only members of the user pool's group `{}` may do this", group(*.0))]
    Scope(Scope),
}

fn group(scope: Scope) -> &'static str {
    match scope {
        Scope::Operator => "operator",
        Scope::Notify => "notify",
    }
}

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Forbidden;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Forbidden> {
        let identity = identify(&parts.extensions)?;
        let operator = identity.scopes.contains(&Scope::Operator);
        operator
            .then_some(Self)
            .ok_or(Forbidden::Scope(Scope::Operator))
    }
}

impl IntoResponse for Forbidden {
    fn into_response(self) -> Response {
        let detail = self.to_string();
        match self {
            Self::Unidentified(unidentified) => unidentified.into_response(),
            Self::Scope(_) => {
                Refusal::new(StatusCode::FORBIDDEN, "forbidden", detail).into_response()
            }
        }
    }
}
