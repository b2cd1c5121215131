//! How the server is, for those who run it. No function asks this.

use std::path::Path;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::{Client, Error, NoTls, Row};

use super::address::Address;
use super::tls::Connector;
use crate::ConnectError;

/// How long connecting and asking may take together: who looks at many things waits for none of them.
const LONGEST: Duration = Duration::from_millis(2_500);

/// How the server is.
#[derive(Debug, Clone, PartialEq)]
pub struct Vitals {
    /// Its version, such as `18.1`.
    pub version: String,
    /// Clients that are connected, this one included.
    pub connections: i64,
    /// How many it lets in.
    pub most_connections: i64,
    /// Whether it is a standby, which takes no writes.
    pub standby: bool,
    /// Standbys that follow it by streaming.
    pub replicas: i64,
    /// How far the slowest of them is behind, or how far it is itself, in seconds; none where nobody follows.
    pub lag: Option<f64>,
    /// The size of the database with its indexes.
    pub bytes: i64,
    /// For how many seconds the longest statement of others is running; only those of the same user are seen, unless
    /// it may read all statistics.
    pub slowest: f64,
    /// The newest migration that was applied; none where there has not been any.
    pub migration: Option<i32>,
}

/// A table, as the server's statistics have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSize {
    /// Its name.
    pub name: String,
    /// Its size without indexes.
    pub bytes: i64,
    /// The size of its indexes.
    pub index_bytes: i64,
    /// Estimated rows.
    pub rows: i64,
    /// Rows that were replaced or deleted, and still take room.
    pub dead_rows: i64,
}

/// Why the server does not tell.
#[derive(Debug, thiserror::Error)]
pub enum VitalsError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] ConnectError),
    /// It did not answer in time.
    #[error("postgres did not answer within {} ms", LONGEST.as_millis())]
    Timeout,
    /// It cannot be reached, or refused.
    #[error("postgres refused")]
    Refused(#[from] Error),
}

/// Asks how the server is. `url` and `authorities` are those of [`connect`](super::connect).
///
/// # Errors
///
/// It does not answer, or refuses.
pub async fn vitals(url: &str, authorities: Option<&Path>) -> Result<Vitals, VitalsError> {
    within(async {
        let client = open(url, authorities).await?;
        let row = client.query_one(include_str!("vitals.sql"), &[]).await?;
        let migration = migration(&client).await?;
        Ok(read_vitals(&row, migration)?)
    })
    .await
}

/// Asks how large the tables are, largest first.
///
/// # Errors
///
/// It does not answer, or refuses.
pub async fn table_sizes(
    url: &str,
    authorities: Option<&Path>,
) -> Result<Vec<TableSize>, VitalsError> {
    within(async {
        let client = open(url, authorities).await?;
        let rows = client.query(include_str!("tables.sql"), &[]).await?;
        let sizes: Result<_, Error> = rows.iter().map(read_size).collect();
        Ok(sizes?)
    })
    .await
}

/// The newest migration that this release brings.
pub fn newest_migration() -> i32 {
    let steps = super::migrate::steps();
    steps.into_iter().max().unwrap_or_default()
}

async fn within<T>(work: impl Future<Output = Result<T, VitalsError>>) -> Result<T, VitalsError> {
    timeout(LONGEST, work)
        .await
        .unwrap_or(Err(VitalsError::Timeout))
}

async fn open(url: &str, authorities: Option<&Path>) -> Result<Client, VitalsError> {
    let address = Address::parse(url)?;
    Ok(match address.connector(authorities)? {
        Connector::Plain => {
            let (client, connection) = address.config().connect(NoTls).await?;
            tokio::spawn(connection);
            client
        }
        Connector::Encrypted(tls) => {
            let (client, connection) = address.config().connect(tls).await?;
            tokio::spawn(connection);
            client
        }
    })
}

async fn migration(client: &Client) -> Result<Option<i32>, Error> {
    let known = "SELECT to_regclass('refinery_schema_history') IS NOT NULL";
    if !client.query_one(known, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(None);
    }
    let newest = "SELECT max(version)::int4 FROM refinery_schema_history";
    client.query_one(newest, &[]).await?.try_get(0)
}

fn read_vitals(row: &Row, migration: Option<i32>) -> Result<Vitals, Error> {
    Ok(Vitals {
        version: row.try_get("version")?,
        connections: row.try_get("connections")?,
        most_connections: row.try_get("most_connections")?,
        standby: row.try_get("standby")?,
        replicas: row.try_get("replicas")?,
        lag: row.try_get("lag")?,
        bytes: row.try_get("bytes")?,
        slowest: row.try_get("slowest")?,
        migration,
    })
}

fn read_size(row: &Row) -> Result<TableSize, Error> {
    Ok(TableSize {
        name: row.try_get("name")?,
        bytes: row.try_get("bytes")?,
        index_bytes: row.try_get("index_bytes")?,
        rows: row.try_get("rows")?,
        dead_rows: row.try_get("dead_rows")?,
    })
}
