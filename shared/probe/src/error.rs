//! What can go wrong on the way.

use std::time::Duration;

use tokio_tungstenite::tungstenite;

/// No HTTPS client can be made on this system.
#[derive(Debug, thiserror::Error)]
#[error("no HTTPS client can be made")]
pub struct NotBuilt(#[source] pub(crate) Box<dyn std::error::Error + Send + Sync>);

/// Why a step failed. None of it holds a password, a token or a ticket.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// No answer came, or not the whole of it.
    #[error("no answer came")]
    NoAnswer(#[source] reqwest::Error),
    /// The answer was no.
    #[error("the answer was {status} {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The code of the error in its body, where there is one.
        code: String,
    },
    /// The answer lacks something.
    #[error("the answer holds no {0}")]
    Lacking(&'static str),
    /// The WebSocket could not be opened, or broke.
    #[error("the WebSocket does not work")]
    Socket(#[source] Box<tungstenite::Error>),
    /// The WebSocket's address is none.
    #[error("the WebSocket's address is none")]
    Address,
    /// The server could not be reached, or is not who it says.
    #[error("the WebSocket's server cannot be reached")]
    Unreachable(#[source] std::io::Error),
    /// The server closed the WebSocket.
    #[error("the WebSocket was closed before the task's end came")]
    Closed,
    /// The task did not come to a good end.
    #[error("the task ended as {0}")]
    Ended(String),
    /// It took too long.
    #[error("nothing after {} s", .0.as_secs())]
    TooLong(Duration),
}

impl From<tungstenite::Error> for ProbeError {
    fn from(error: tungstenite::Error) -> Self {
        match error {
            tungstenite::Error::Http(response) => Self::Refused {
                status: response.status().as_u16(),
                code: String::new(),
            },
            // It may repeat the address, which has the ticket in it.
            tungstenite::Error::Url(_) | tungstenite::Error::HttpFormat(_) => Self::Address,
            error => Self::Socket(error.into()),
        }
    }
}
