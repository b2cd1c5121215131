//! What a route answers, and what the log says of it.

use std::error::Error;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use http::HeaderValue;
use protocol::frames::ServerFrame;
use protocol::problem::Problem;

use crate::subprotocol::HEADER;

type Cause = Box<dyn Error + Send + Sync>;

/// A route's answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The HTTP status. API Gateway opens a connection on 200 and refuses it on all others; for
    /// frames it has no meaning.
    pub(crate) status: u16,
    /// On a frame, what the client gets back; on a refused handshake, its reason.
    pub(crate) body: Option<String>,
    /// The stable code of an error.
    pub(crate) code: Option<&'static str>,
    /// On a good handshake, the protocol that both sides speak from now on.
    pub(crate) subprotocol: Option<&'static str>,
    /// The frame's action, where it is one of ours.
    pub(crate) action: Option<&'static str>,
    /// What a store said. Only for the log.
    pub(crate) cause: Option<Cause>,
}

impl Answer {
    /// Nothing to say.
    pub(crate) fn done() -> Self {
        Self {
            status: 200,
            body: None,
            code: None,
            subprotocol: None,
            action: None,
            cause: None,
        }
    }

    /// A frame back to the client.
    pub(crate) fn frame(frame: &ServerFrame) -> Self {
        match serde_json::to_string(frame) {
            Ok(body) => Self {
                body: Some(body),
                ..Self::done()
            },
            Err(error) => Self::done().because(error),
        }
    }

    /// A handshake refused with a problem. `title` is the status in words.
    pub(crate) fn refused(status: u16, title: &str, code: &'static str, detail: &str) -> Self {
        let problem = Problem::new(status, title, code, detail);
        Self {
            status,
            body: serde_json::to_string(&problem).ok(),
            code: Some(code),
            ..Self::done()
        }
    }

    /// The same answer, with the protocol that was chosen.
    pub(crate) fn speaking(self, subprotocol: &'static str) -> Self {
        Self {
            subprotocol: Some(subprotocol),
            ..self
        }
    }

    /// The same answer, with what was asked for.
    pub(crate) fn to(self, action: Option<&'static str>) -> Self {
        Self { action, ..self }
    }

    /// The same answer, with the error's code for the log.
    pub(crate) fn with_code(self, code: &'static str) -> Self {
        Self {
            code: Some(code),
            ..self
        }
    }

    /// The same answer, with what the log should say.
    pub(crate) fn because(self, cause: impl Into<Cause>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..self
        }
    }
}

impl From<Answer> for ApiGatewayProxyResponse {
    fn from(answer: Answer) -> Self {
        let mut response = Self::default();
        response.status_code = answer.status.into();
        response.body = answer.body.map(Into::into);
        if let Some(subprotocol) = answer.subprotocol {
            let value = HeaderValue::from_static(subprotocol);
            response.headers.insert(HEADER, value);
        }
        response
    }
}
