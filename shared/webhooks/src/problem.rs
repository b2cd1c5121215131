//! What can go wrong on the way.

use std::io;

use crate::guard::Refused;

/// Why an attempt failed. Holds nothing of the URL but its kind of address and its port.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The guard does not let it through.
    #[error("the address is refused")]
    Refused(#[from] Refused),
    /// A header cannot be written: a host or path that HTTP has no words for.
    #[error("the request cannot be written")]
    Request(#[source] http::Error),
    /// The name has no address, or nobody says.
    #[error("the name cannot be resolved")]
    Resolve(#[source] io::Error),
    /// Nobody listens at any address.
    #[error("the endpoint cannot be reached")]
    Connect(#[source] io::Error),
    /// The endpoint does not prove to be who its name says.
    #[error("no secure connection to the endpoint")]
    Tls(#[source] io::Error),
    /// The endpoint does not speak HTTP, or hangs up.
    #[error("the endpoint broke off")]
    Broken(#[source] hyper::Error),
    /// No answer in time.
    #[error("the endpoint did not answer in time")]
    Timeout,
    /// An answer other than success.
    #[error("the endpoint answered {0}")]
    Status(http::StatusCode),
}
