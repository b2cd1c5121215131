//! Brings the tables to what this release needs.

use std::path::Path;
use std::time::Duration;

use tokio::time::timeout;

use super::address::Address;
use crate::ConnectError;

mod embedded {
    #![allow(missing_docs, unreachable_pub, clippy::pedantic, clippy::unwrap_used)] // Generated.
    refinery::embed_migrations!("migrations");
}

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Two migrations at once would both find the same steps missing. The number is arbitrary, and
/// ours alone in this database.
const LOCK: &str = "SELECT pg_advisory_lock(7265019648212)";

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the tables are not what they should be.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] ConnectError),
    /// The server did not accept the connection in time.
    #[error("postgres did not accept a connection within {} s", CONNECT.as_secs())]
    Timeout,
    /// The server cannot be reached or refused the sign-in.
    #[error("postgres refused the connection")]
    Connect(#[source] Cause),
    /// A step failed; the steps before it are kept, and the next run goes on from there.
    #[error("a migration of postgres failed")]
    Step(#[source] Cause),
}

/// Applies the steps that the database has not seen yet, and gives their names. Doing so again
/// changes nothing. `url` and `authorities` are those of [`connect`](super::connect).
pub async fn migrate(url: &str, authorities: Option<&Path>) -> Result<Vec<String>, MigrateError> {
    let address = Address::parse(url)?;
    let connector = address.connector(authorities)?;
    let (mut client, _connection) = timeout(CONNECT, connector.open(address.config()))
        .await
        .map_err(|_| MigrateError::Timeout)?
        .map_err(|cause| MigrateError::Connect(cause.into()))?;
    client.batch_execute(LOCK).await.map_err(step)?;
    let report = embedded::migrations::runner()
        .run_async(&mut client)
        .await
        .map_err(step)?;
    // Dropping the client ends the connection, and with it the lock.
    Ok(report
        .applied_migrations()
        .iter()
        .map(ToString::to_string)
        .collect())
}

/// The versions of all steps.
pub(super) fn steps() -> Vec<i32> {
    let runner = embedded::migrations::runner();
    let steps = runner.get_migrations().iter();
    steps.map(refinery::Migration::version).collect()
}

fn step(cause: impl std::error::Error + Send + Sync + 'static) -> MigrateError {
    MigrateError::Step(cause.into())
}
