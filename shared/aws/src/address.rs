//! Addresses of servers that are kept in Secrets Manager.

use std::fmt::Write as _;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_secretsmanager::Client;
use domain::ports::{AddressSource, PortError};
use domain::{AddressPlace, ServerAddress};
use serde::Deserialize;

use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const WHAT: &str = "the secret of a server's address";

/// Knows the address that is in this place.
pub fn source(sdk: &Sdk, place: AddressPlace) -> Arc<dyn AddressSource> {
    match place {
        AddressPlace::Told(address) => Arc::new(address),
        AddressPlace::Kept { secret, address } => {
            Arc::new(KeptAddress::new(sdk, secret, address.as_deref()))
        }
    }
}

/// An address in a secret, which is either the address itself as text or, as RDS and Secrets Manager's
/// rotation keep it, a JSON object with `username` and `password` for an address that is known
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html>).
#[derive(Clone)]
pub struct KeptAddress {
    client: Lazy<Client>,
    secret: String,
    address: Option<String>,
}

#[derive(Deserialize)]
struct Login {
    username: String,
    password: String,
}

/// What a secret does not have.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("the secret is no text")]
    NoText,
    #[error("the secret is neither an address nor an object with username and password")]
    Unknown,
    #[error("the secret has a user and a password, and no setting says the server's address")]
    NoServer,
}

impl KeptAddress {
    /// Reads the secret with this name or ARN each time it is asked.
    pub fn new(sdk: &Sdk, secret: impl Into<String>, address: Option<&str>) -> Self {
        Self {
            client: sdk.secrets(),
            secret: secret.into(),
            address: address.map(Into::into),
        }
    }
}

#[async_trait]
impl AddressSource for KeptAddress {
    async fn read(&self) -> Result<ServerAddress, PortError> {
        let get = self.client.get_secret_value().secret_id(&self.secret);
        let value = get.send().await.map_err(|error| port_error(WHAT, error))?;
        let text = value.secret_string().ok_or(Unusable::NoText);
        let address = text.and_then(|text| address(text, self.address.as_deref()));
        address.map_err(|error| PortError::broken(WHAT, error))
    }
}

fn address(text: &str, beside: Option<&str>) -> Result<ServerAddress, Unusable> {
    if let Ok(login) = serde_json::from_str::<Login>(text) {
        let (scheme, rest) = beside
            .and_then(|address| address.split_once("://"))
            .ok_or(Unusable::NoServer)?;
        let (user, password) = (escaped(&login.username), escaped(&login.password));
        let address = format!("{scheme}://{user}:{password}@{rest}");
        return Ok(ServerAddress::new(address));
    }
    let text = text.trim();
    if !text.contains("://") {
        return Err(Unusable::Unknown);
    }
    Ok(ServerAddress::new(text))
}

/// As it may stand between `://` and `@` (RFC 3986, unreserved characters).
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // A string takes whatever is written to it.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, beside: Option<&str>) -> Result<String, String> {
        let address = address(text, beside).map_err(|error| error.to_string())?;
        Ok(address.as_str().to_owned())
    }

    #[test]
    fn a_login_is_put_into_the_address() {
        let login = r#"{"username":"adology","password":"a:b/c@d?e#f%g[h]","engine":"postgres"}"#;
        let server = Some("postgres://db.example.org:5432/adology?sslmode=verify-full");
        let expected = "postgres://adology:a%3Ab%2Fc%40d%3Fe%23f%25g%5Bh%5D@db.example.org:5432/\
                        adology?sslmode=verify-full";
        assert_eq!(read(login, server), Ok(expected.into()));
    }

    #[test]
    fn an_address_is_taken_as_it_is() {
        let address = "mongodb+srv://user:password@cluster.example.org/adology";
        assert_eq!(read(&format!("{address}\n"), None), Ok(address.into()));
        assert_eq!(read(address, Some("mongodb://other")), Ok(address.into()));
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_shown() {
        let login = r#"{"username":"hidden","password":"hidden"}"#;
        let half = r#"{"username":"hidden"}"#;
        for (text, beside) in [
            (login, None),
            (half, Some("postgres://host")),
            ("hidden", None),
        ] {
            let refused = read(text, beside).unwrap_err();
            assert!(!refused.contains("hidden"), "{refused}");
        }
    }
}
