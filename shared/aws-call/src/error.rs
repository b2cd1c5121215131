//! What can go wrong with a call.

use std::error::Error;

/// A call that brought no answer to use.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// There are no credentials, or none that could be read.
    #[error("no AWS credentials for {service}: sign in, or set AWS_PROFILE or AWS_ACCESS_KEY_ID")]
    Credentials {
        /// Whom the call was for.
        service: &'static str,
        /// What the chain of providers says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The request could not be built or signed.
    #[error("the call of {service} cannot be signed")]
    Unsigned {
        /// Whom the call was for.
        service: &'static str,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The HTTPS client cannot be made.
    #[error("no HTTPS client for {service} can be made")]
    NoClient {
        /// Whom the call was for.
        service: &'static str,
        /// Why: mostly, no authorities to trust.
        source: reqwest::Error,
    },
    /// No answer came, or not the whole of it.
    #[error("{service} does not answer")]
    Unreachable {
        /// Whom the call was for.
        service: &'static str,
        /// Why; without the address, which may hold names.
        source: reqwest::Error,
    },
    /// The service says no.
    #[error("{service} answers {status} {code}: {message}")]
    Refused {
        /// Who says so.
        service: &'static str,
        /// The HTTP status.
        status: u16,
        /// The service's code of the error, such as `ResourceNotFoundException`.
        code: String,
        /// The service's own words.
        message: String,
    },
    /// The answer is no JSON.
    #[error("{service} answers what is no JSON")]
    NotJson {
        /// Who answers.
        service: &'static str,
        /// Where it stops being JSON.
        source: serde_json::Error,
    },
}

impl CallError {
    /// Whether the same call may go well a little later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, code, .. } => {
                *status >= 500
                    || *status == 429
                    || code.contains("Throttl")
                    || code.contains("TooManyRequests")
            }
            Self::Credentials { .. }
            | Self::Unsigned { .. }
            | Self::NoClient { .. }
            | Self::NotJson { .. } => false,
        }
    }

    /// The service's code of the error, where it gave one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }
}
