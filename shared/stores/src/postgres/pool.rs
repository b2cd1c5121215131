//! Connections that survive a frozen function.
//!
//! A Lambda's process sleeps between invocations while its connections die unseen. So one that has not been
//! used just now is asked for an answer before it is used again, a statement that meets a dead one is
//! repeated once, and old ones are replaced so that a failed-over server is found again.
//!
//! Statements are sent without a name and with their types, which takes one round trip and lets
//! a proxy such as RDS Proxy share server connections: named statements would pin them.

use std::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Metrics, Object, Pool, RecyclingMethod, Runtime,
};
use domain::ports::PortError;
use tokio::time::timeout;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row};

use super::SERVER;
use super::address::Address;
use super::failure::Failure;
use super::renewal::Renewal;
use super::tls::Connector;
use crate::ConnectError;

/// Most connections of one process. A function serves few requests at once, and every process
/// brings its own pool to the same server.
const MOST: usize = 4;
/// How long to wait for a free connection.
const WAIT: Duration = Duration::from_secs(3);
/// How long making one may take, with encryption and sign-in.
const CREATE: Duration = Duration::from_secs(3);
/// How long an idle one may take to prove that it lives.
const PROVE: Duration = Duration::from_secs(1);
/// A connection that was taken within this time before need not prove anything, which saves a round trip
/// where invocations follow each other: nothing was frozen in between for longer.
const FRESH: Duration = Duration::from_secs(1);
/// From this age on a connection is replaced.
const OLD: Duration = Duration::from_mins(10);
/// How long a statement may take.
const STATEMENT: Duration = Duration::from_secs(4);
/// How long asking the server to stop one may take.
pub(super) const CANCEL: Duration = Duration::from_millis(500);

/// Whether a connection can be used again; the next one is tried otherwise.
async fn fit_for_use(client: &Client, metrics: &Metrics) -> Result<(), HookError> {
    if metrics.age() >= OLD {
        return Err(HookError::message("old enough to be replaced"));
    }
    if metrics.last_used() < FRESH {
        return Ok(());
    }
    match timeout(PROVE, client.simple_query("")).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(HookError::Backend(error)),
        Err(_) => Err(HookError::message("does not answer")),
    }
}

/// A statement's parameters with their types.
pub(super) type Parameters<'a> = &'a [(&'a (dyn ToSql + Sync), Type)];

/// A small pool of connections.
#[derive(Clone)]
pub(super) struct Sessions {
    pub(super) pool: Pool,
    pub(super) connector: Connector,
}

impl Sessions {
    /// A pool that connects when first used.
    pub(super) fn new(
        address: &Address,
        connector: Connector,
        renewal: Renewal,
    ) -> Result<Self, ConnectError> {
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_connect(address.config().clone(), renewal, recycling);
        let pool = Pool::builder(manager)
            .runtime(Runtime::Tokio1)
            .max_size(MOST)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(CREATE))
            .recycle_timeout(Some(PROVE))
            .pre_recycle(Hook::async_fn(|client, metrics| {
                Box::pin(fit_for_use(client, metrics))
            }))
            .build()
            .map_err(|cause| ConnectError::client(SERVER, cause))?;
        Ok(Self { pool, connector })
    }

    /// Runs one statement, which must be safe to repeat.
    pub(super) async fn run(&self, sql: &str, with: Parameters<'_>) -> Result<Vec<Row>, PortError> {
        Ok(self.repeating(|| self.attempt(sql, with)).await?)
    }

    /// Tries once more what may well succeed at once. Where a connection was dead, those that lie idle beside it may
    /// be as well, however lately they were used: the repetition gets a new one.
    pub(super) async fn repeating<T, F>(&self, attempt: impl Fn() -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        match attempt().await {
            Err(failure) if failure.may_pass_at_once() => {
                if failure.is_of_the_connection() {
                    self.pool.retain(|_, _| false);
                }
                attempt().await
            }
            outcome => outcome,
        }
    }

    async fn attempt(&self, sql: &str, with: Parameters<'_>) -> Result<Vec<Row>, Failure> {
        let client = self.pool.get().await.map_err(Failure::Pool)?;
        let token = client.cancel_token();
        let Ok(outcome) = timeout(STATEMENT, client.query_typed(sql, with)).await else {
            // Its answer may still come: nobody else may get this connection.
            drop(Object::take(client));
            // Best effort: the server must not go on working for nobody.
            let _ = timeout(CANCEL, self.connector.cancel(token)).await;
            return Err(Failure::TooSlow(STATEMENT));
        };
        outcome.map_err(Failure::Statement)
    }
}
