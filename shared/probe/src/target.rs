//! Where to, and as whom.

use std::fmt::{self, Debug, Formatter};

use serde::Deserialize;

/// A deployment as its callers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The HTTP API's base address.
    pub http_url: String,
    /// Where Cognito answers: see [`Target::cognito`].
    pub sign_in_url: String,
    /// The user pool's client that the dashboard uses.
    pub client_id: String,
}

impl Target {
    /// Cognito's address in a region.
    pub fn cognito(region: &str) -> String {
        format!("https://cognito-idp.{region}.amazonaws.com")
    }
}

/// A user of the deployment.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Login {
    /// The user's name, or address where the pool wants that.
    pub username: String,
    /// The user's password.
    pub password: String,
}

impl Debug for Login {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Login");
        shown
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}
