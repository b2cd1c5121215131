//! Why a store could not be set up.

use std::error::Error;
use std::path::PathBuf;

/// The settings of a store cannot be used. Messages never repeat an address: it holds a password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address is not one of this kind of server.
    #[error("the address of {server} is not valid: {hint}")]
    Address {
        /// Which server, for people.
        server: &'static str,
        /// What a valid one looks like, or what is wrong.
        hint: &'static str,
    },
    /// The host names behind a `mongodb+srv` address could not be looked up.
    #[error("the host names of {server} could not be looked up")]
    Lookup {
        /// Which server, for people.
        server: &'static str,
    },
    /// The file of certificate authorities is missing or holds none.
    #[error("{} holds no certificate authority that could be read", file.display())]
    Authorities {
        /// The file.
        file: PathBuf,
        /// What went wrong, where more is known.
        #[source]
        cause: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The client library refuses its settings.
    #[error("the client of {server} could not be set up")]
    Client {
        /// Which server, for people.
        server: &'static str,
        /// What the library said.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
}

impl ConnectError {
    pub(crate) fn client(
        server: &'static str,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Client {
            server,
            cause: cause.into(),
        }
    }
}
