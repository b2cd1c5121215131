//! Signing in with a password that may be replaced while we run, as Secrets Manager's rotation does.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use deadpool_postgres::Connect;
use domain::ports::AddressSource;
use tokio::task::JoinHandle;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, Error};

use super::address::Address;
use super::tls::Connector;

type Opening<'a> =
    Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), Error>> + Send + 'a>>;

/// Makes connections, and asks for the address anew when the server refuses the password.
pub(super) struct Renewal {
    connector: Connector,
    source: Option<Arc<dyn AddressSource>>,
    known: Mutex<Config>,
}

impl Renewal {
    /// Begins with this address; without a source it stays with it.
    pub(super) fn of(
        address: &Address,
        connector: Connector,
        source: Option<Arc<dyn AddressSource>>,
    ) -> Self {
        Self {
            connector,
            source,
            known: Mutex::new(address.config().clone()),
        }
    }

    async fn open(&self) -> Result<(Client, JoinHandle<()>), Error> {
        let known = self.known();
        let refused = match self.connector.open(&known).await {
            Err(error) if is_refused(&error) => error,
            outcome => return outcome,
        };
        let Some(renewed) = self.renewed(&known).await else {
            return Err(refused);
        };
        self.connector.open(&renewed).await
    }

    /// The address now, if it is another than the one that was refused.
    async fn renewed(&self, refused: &Config) -> Option<Config> {
        let address = match self.source.as_ref()?.read().await {
            Ok(address) => Address::parse(address.as_str()).ok()?,
            // The refusal is what the caller has to hear.
            Err(_) => return None,
        };
        let renewed = address.config().clone();
        if renewed == *refused {
            return None;
        }
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = renewed.clone();
        Some(renewed)
    }

    fn known(&self) -> Config {
        let known = self.known.lock();
        known.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Connect for Renewal {
    fn connect(&self, _: &Config) -> Opening<'_> {
        Box::pin(self.open())
    }
}

fn is_refused(error: &Error) -> bool {
    let states = [
        &SqlState::INVALID_PASSWORD,
        &SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
    ];
    error.code().is_some_and(|state| states.contains(&state))
}
