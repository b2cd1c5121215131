//! The verified caller, as an argument of a handler.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use domain::Identity;
use http::header::WWW_AUTHENTICATE;
use http::request::Parts;
use http::{Extensions, HeaderValue, StatusCode};
use lambda_http::request::RequestContext;

use super::Refusal;
use super::claims::{self, Unidentified};

/// The verified caller. A handler that takes one answers nobody else.
#[derive(Debug)]
pub(crate) struct Caller(pub(crate) Identity);

/// Who sent the request, by what the authorizer wrote into its context. Headers and body are
/// never asked.
pub(crate) fn identify(extensions: &Extensions) -> Result<Identity, Unidentified> {
    let context = extensions.get::<RequestContext>();
    let jwt = context
        .and_then(RequestContext::authorizer)
        .and_then(|authorizer| authorizer.jwt.as_ref());
    claims::identity(&jwt.ok_or(Unidentified::NoToken)?.claims)
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Unidentified;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Unidentified> {
        identify(&parts.extensions).map(Self)
    }
}

impl IntoResponse for Unidentified {
    fn into_response(self) -> Response {
        let (status, code) = match self {
            Self::NoToken | Self::NoUser | Self::WrongUse => {
                (StatusCode::UNAUTHORIZED, "unauthenticated")
            }
            Self::NoTenant => (StatusCode::FORBIDDEN, "no_tenant"),
        };
        let mut response = Refusal::new(status, code, self.to_string()).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(WWW_AUTHENTICATE, bearer);
        }
        response
    }
}
