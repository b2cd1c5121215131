//! A bounded set of connections, made again after the server was away.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    BuildError, Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Config, NoTls};

use super::{EngineError, Health, Lease};

/// Functions of the extension name each other without a schema; cursors that hold a result are
/// kept in files of the server rather than in a connection, so that any connection can go on.
const SESSION_OPTIONS: &str = "-c search_path=documentdb_api_catalog,documentdb_api,public \
     -c documentdb.useFileBasedPersistedCursors=on \
     -c documentdb.defaultCursorExpiryTimeLimitSeconds=600";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const WAIT_TIMEOUT: Duration = Duration::from_secs(10);
const PROBE_INTERVAL: Duration = Duration::from_millis(200);

/// Why the gateway cannot start on this PostgreSQL.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("postgres cannot be reached: {}", innermost(.0))]
    Unreachable(#[source] EngineError),
    #[error("the database has no documentdb extension: run CREATE EXTENSION documentdb CASCADE")]
    NoExtension,
    #[error("the connection pool cannot be built")]
    Pool(#[from] BuildError),
}

/// The connections to one PostgreSQL database.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    pool: Pool,
    health: Arc<Health>,
}

impl Engine {
    /// Connects, and checks that the extension is there.
    pub(crate) async fn open(config: &Config, connections: usize) -> Result<Self, OpenError> {
        let engine = Self {
            pool: pool(config.clone(), connections)?,
            health: Arc::new(Health::new()),
        };
        let lease = engine.lease().await.map_err(OpenError::Unreachable)?;
        match lease.has_extension().await {
            Ok(true) => Ok(engine),
            Ok(false) => Err(OpenError::NoExtension),
            Err(error) => Err(OpenError::Unreachable(error)),
        }
    }

    /// A connection of one's own until the lease is dropped.
    pub(crate) async fn lease(&self) -> Result<Lease, EngineError> {
        match self.pool.get().await {
            Ok(client) => Ok(Lease::new(client, Arc::clone(&self.health))),
            Err(PoolError::Timeout(TimeoutType::Wait)) => Err(EngineError::Busy),
            Err(PoolError::Backend(error))
                if error.code() == Some(&SqlState::TOO_MANY_CONNECTIONS) =>
            {
                Err(EngineError::Busy)
            }
            Err(error) => {
                self.health.mark_down();
                Err(EngineError::Unreachable(Box::new(error)))
            }
        }
    }

    /// One round trip to the server.
    pub(crate) async fn probe(&self) -> Result<(), EngineError> {
        self.lease().await?.execute("SELECT 1").await
    }

    pub(crate) fn health(&self) -> &Health {
        &self.health
    }

    /// Looks for the server's return whenever it is down; never ends.
    pub(crate) async fn watch(self) {
        loop {
            self.health.down().await;
            match self.probe().await {
                Ok(()) => self.health.mark_up(),
                Err(_) => tokio::time::sleep(PROBE_INTERVAL).await,
            }
        }
    }
}

fn pool(mut config: Config, connections: usize) -> Result<Pool, BuildError> {
    let options = match config.get_options() {
        Some(given) => format!("{given} {SESSION_OPTIONS}"),
        None => SESSION_OPTIONS.to_owned(),
    };
    config
        .options(options)
        .application_name("document-gateway")
        .connect_timeout(CONNECT_TIMEOUT);
    // A closed connection is recognised without a round trip; an answered query proves the rest.
    let recycling = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    Pool::builder(Manager::from_config(config, NoTls, recycling))
        .max_size(connections)
        .wait_timeout(Some(WAIT_TIMEOUT))
        .create_timeout(Some(CONNECT_TIMEOUT))
        .runtime(Runtime::Tokio1)
        .build()
}

/// The last cause in the chain, which is the one that names the reason.
fn innermost(error: &EngineError) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
