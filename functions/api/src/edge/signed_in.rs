//! What the API's description says of every endpoint that needs a token.

use std::collections::BTreeMap;

use protocol::problem::{MEDIA_TYPE, Problem};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// The refusals that every endpoint with a [`Caller`](super::Caller) can answer.
pub(crate) struct SignedIn;

const REFUSALS: [(&str, &str); 3] = [
    (
        "401",
        "`unauthenticated`: the ID token is missing, or it is another token",
    ),
    ("403", "`no_tenant`: the user belongs to no tenant"),
    (
        "503",
        "`unavailable`: a store does not answer; `Retry-After` says how long to wait",
    ),
];

impl IntoResponses for SignedIn {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let refusal = |(status, text): (&str, &str)| (status.to_owned(), problem(text));
        REFUSALS.map(refusal).into()
    }
}

fn problem(text: &str) -> RefOr<Response> {
    let schema = Ref::from_schema_name(Problem::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new().description(text);
    response.content(MEDIA_TYPE, content).build().into()
}
