//! Users and sessions in `PostgreSQL`.

mod activity;
mod address;
mod failure;
mod health;
mod migrate;
mod observed;
mod pool;
mod rows;
mod stream;
mod tls;
mod vitals;

use std::path::Path;

pub use activity::Activity;
pub use migrate::{MigrateError, migrate};
pub use vitals::{TableSize, Vitals, VitalsError, newest_migration, table_sizes, vitals};

use crate::ConnectError;
use address::Address;
use pool::Sessions;

/// How errors name the server.
const SERVER: &str = "postgres";

/// The store behind an address such as `postgres://user:password@host/database?sslmode=verify-full`.
///
/// `sslmode` is `disable` (plain text), `require` or `verify-full` (both encrypt and check the
/// server's certificate and name), or `prefer`, which is also what a missing one means: plain text
/// to this machine, else as `verify-full`. With `authorities`, a PEM file, only those are trusted
/// to sign the certificate; without, the public ones are. Amazon RDS needs the file.
///
/// Nothing is connected until the store is first asked something.
pub fn connect(url: &str, authorities: Option<&Path>) -> Result<Activity, ConnectError> {
    let address = Address::parse(url)?;
    let connector = address.connector(authorities)?;
    Ok(Activity::new(Sessions::new(&address, connector)?))
}
