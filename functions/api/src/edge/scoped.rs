//! Callers with further rights.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use domain::{Identity, Scope};
use http::StatusCode;
use http::request::Parts;

use super::Refusal;
use super::caller::identify;
use super::claims::Unidentified;

/// A caller who may speak to everybody who is connected. A handler that takes one answers nobody
/// else, and reads no body of anybody else.
#[derive(Debug)]
pub(crate) struct Operator(pub(crate) Identity);

/// A caller who may report on tasks from outside.
#[derive(Debug)]
pub(crate) struct Notifier(pub(crate) Identity);

/// A caller who may see the secret that signs the tenant's webhooks: whoever has it can pass for us.
#[derive(Debug)]
pub(crate) struct WebhookOwner(pub(crate) Identity);

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
        Scope::Webhooks => "webhooks",
    }
}

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Forbidden;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Forbidden> {
        with_scope(parts, Scope::Operator).map(Self)
    }
}

impl<S: Sync> FromRequestParts<S> for Notifier {
    type Rejection = Forbidden;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Forbidden> {
        with_scope(parts, Scope::Notify).map(Self)
    }
}

impl<S: Sync> FromRequestParts<S> for WebhookOwner {
    type Rejection = Forbidden;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Forbidden> {
        with_scope(parts, Scope::Webhooks).map(Self)
    }
}

fn with_scope(parts: &Parts, scope: Scope) -> Result<Identity, Forbidden> {
    let identity = identify(&parts.extensions)?;
    if identity.scopes.contains(&scope) {
        Ok(identity)
    } else {
        Err(Forbidden::Scope(scope))
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
