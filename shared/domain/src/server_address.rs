//! Where a server is, and how to sign in there.

use std::fmt;

use async_trait::async_trait;

use crate::ports::{AddressSource, PortError};

/// A server's address with the password in it, such as `postgres://user:password@host/name`. It never
/// shows in logs or errors.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerAddress(String);

impl ServerAddress {
    /// An address in the form that the server's client understands.
    pub fn new(address: impl Into<String>) -> Self {
        Self(address.into())
    }

    /// The address itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerAddress(..)")
    }
}

/// Who knows a server's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressPlace {
    /// The settings say it.
    Told(ServerAddress),
    /// A secret has it, or has what to sign in with at an address that the settings say.
    Kept {
        /// The secret's name or ARN.
        secret: String,
        /// The address without a user, where the secret has only user and password.
        address: Option<String>,
    },
}

/// One that was told stays as it is.
#[async_trait]
impl AddressSource for ServerAddress {
    async fn read(&self) -> Result<ServerAddress, PortError> {
        Ok(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_never_shown() {
        let address = ServerAddress::new("postgres://user:secret@host/name");
        let place = AddressPlace::Told(address.clone());
        assert_eq!(address.as_str(), "postgres://user:secret@host/name");
        assert_eq!(format!("{place:?}"), "Told(ServerAddress(..))");
    }
}
