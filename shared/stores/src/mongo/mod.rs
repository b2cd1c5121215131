//! Events and reports in `MongoDB`, or in anything that speaks its protocol.
//!
//! Pipelines keep to what `MongoDB` 6, Atlas and the documentdb engine share: no `$dateTrunc`
//! (the engine is wrong by days), no order inside `$group`, no collation.

mod aggregate;
mod append;
mod document;
mod failure;
mod filter;
#[cfg(test)]
mod formats;
mod health;
mod layout;
mod logs;
mod mean;
mod merge;
mod migrate;
mod moment;
mod pipeline;
mod reports;
mod rows;
mod series;
mod stretch;
mod texts;
mod vitals;

use std::sync::Arc;
use std::time::Duration;

use bson::Document;
use domain::ports::{AddressSource, Clock};
use mongodb::error::ErrorKind;
use mongodb::options::ClientOptions;
use mongodb::{Client, Collection, Database};

pub use migrate::{MigrateError, migrate};
pub use vitals::{CollectionSize, Vitals, VitalsError, collection_sizes, vitals};

use crate::ConnectError;

/// How errors name the server.
const SERVER: &str = "mongodb";
/// The database, where the address names none.
const DATABASE: &str = "adology";
const COLLECTION: &str = "events";
const REPORTS: &str = "reports";
const ROLLUPS: &str = "rollups";
const TOUCHED: &str = "touched";

/// How long to look for a server that can answer.
const SELECTION: Duration = Duration::from_secs(3);
/// How long connecting to one may take.
const CONNECT: Duration = Duration::from_secs(3);
/// Most connections of one process. A function serves few requests at once, and every process
/// brings its own pool to the same servers.
const MOST: u32 = 8;
/// Idle connections are closed from this age on: a frozen function's die unseen.
const IDLE: Duration = Duration::from_mins(1);

/// Events, the figures made of them, and the reports of such figures.
#[derive(Clone)]
pub struct Events {
    database: Database,
    collection: Collection<Document>,
    clock: Arc<dyn Clock>,
    settled_after: Duration,
}

impl Events {
    /// The same, with another guess of how long an append may take at most, from its mark until
    /// what it stores can be read. Figures over time are kept once no such append can be going on.
    #[must_use]
    pub fn settled_after(self, settled_after: Duration) -> Self {
        Self {
            settled_after,
            ..self
        }
    }
}

/// The store behind an address such as `mongodb+srv://user:password@host/database`. Timeouts,
/// pool size and application name in the address win over ours; encryption, write concern and
/// retries are the address's business alone.
///
/// Nothing is connected until the store is first asked something, save for the name look-up of a
/// `mongodb+srv` address. The clock tells when an event was received.
pub async fn connect(uri: &str, clock: Arc<dyn Clock>) -> Result<Events, ConnectError> {
    let database = open(uri).await?;
    Ok(Events {
        collection: database.collection(COLLECTION),
        database,
        clock,
        settled_after: series::SETTLED_AFTER,
    })
}

/// The store behind the address that a source knows, as [`connect`].
///
/// # Errors
///
/// The source does not answer, or what it says is no address.
pub async fn connect_by(
    source: Arc<dyn AddressSource>,
    clock: Arc<dyn Clock>,
) -> Result<Events, ConnectError> {
    let known = source.read().await;
    let known = known.map_err(|cause| ConnectError::client(SERVER, cause))?;
    connect(known.as_str(), clock).await
}

async fn open(uri: &str) -> Result<Database, ConnectError> {
    let mut options = ClientOptions::parse(uri).await.map_err(refuse)?;
    options.server_selection_timeout.get_or_insert(SELECTION);
    options.connect_timeout.get_or_insert(CONNECT);
    options.max_pool_size.get_or_insert(MOST);
    options.max_idle_time.get_or_insert(IDLE);
    options.app_name.get_or_insert_with(|| "adology".into());
    let client = Client::with_options(options).map_err(|e| ConnectError::client(SERVER, e))?;
    let database = client.default_database();
    Ok(database.unwrap_or_else(|| client.database(DATABASE)))
}

/// The library's words may repeat parts of the address, so they are dropped.
#[expect(clippy::needless_pass_by_value, reason = "maps errors")]
fn refuse(error: mongodb::error::Error) -> ConnectError {
    match *error.kind {
        ErrorKind::DnsResolve { .. } => ConnectError::Lookup { server: SERVER },
        _ => ConnectError::Address {
            server: SERVER,
            hint: "expected mongodb://user:password@host:port/database or mongodb+srv://...",
        },
    }
}
