//! Users and sessions in `PostgreSQL`.

mod activity;
mod address;
mod authorities;
mod failure;
mod health;
mod migrate;
mod observed;
mod pool;
mod renewal;
mod rows;
mod stream;
mod tls;
mod vitals;

use std::path::Path;
use std::sync::Arc;

pub use activity::Activity;
pub use migrate::{MigrateError, migrate};
pub use vitals::{TableSize, Vitals, VitalsError, newest_migration, table_sizes, vitals};

use domain::ports::AddressSource;

use crate::ConnectError;
use address::Address;
use pool::Sessions;
use renewal::Renewal;

/// How errors name the server.
const SERVER: &str = "postgres";

/// The store behind an address such as `postgres://user:password@host/database?sslmode=verify-full`.
///
/// `sslmode` is `disable` (plain text), `require` or `verify-full` (both encrypt and check the
/// server's certificate and name), or `prefer`, which is also what a missing one means: plain text
/// to this machine, else as `verify-full`. With `authorities`, a PEM file, only those are trusted
/// to sign the certificate; without, those of Amazon RDS in its region are for a server of RDS, and
/// the public ones for any other.
///
/// Nothing is connected until the store is first asked something.
pub fn connect(url: &str, authorities: Option<&Path>) -> Result<Activity, ConnectError> {
    let address = Address::parse(url)?;
    let connector = address.connector(authorities)?;
    let renewal = Renewal::of(&address, connector.clone(), None);
    Ok(Activity::new(Sessions::new(&address, connector, renewal)?))
}

/// The store behind the address that a source knows, as [`connect`] without a file of authorities. The
/// source is asked now, and again when the server refuses the password: it may have been replaced.
///
/// # Errors
///
/// The source does not answer, or what it says is no address.
pub async fn connect_by(source: Arc<dyn AddressSource>) -> Result<Activity, ConnectError> {
    let known = source.read().await;
    let known = known.map_err(|cause| ConnectError::client(SERVER, cause))?;
    let address = Address::parse(known.as_str())?;
    let connector = address.connector(None)?;
    let renewal = Renewal::of(&address, connector.clone(), Some(source));
    Ok(Activity::new(Sessions::new(&address, connector, renewal)?))
}
