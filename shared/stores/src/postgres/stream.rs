//! A statement whose rows are read as they are used.
//!
//! The client library reads from its connection only what is asked for, so the server waits with
//! further rows: neither side ever holds all of them.

use std::pin::Pin;

use deadpool_postgres::{Client, Object};
use futures::TryStreamExt as _;
use tokio::time::timeout;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{CancelToken, Row, RowStream};

use super::failure::Failure;
use super::pool::{CANCEL, Sessions};
use super::tls::Connector;

/// The rows of a statement. Dropped before the end, it gives up its connection and has the server
/// stop.
pub(super) struct Streamed {
    rows: Pin<Box<RowStream>>,
    open: Option<Open>,
}

struct Open {
    client: Client,
    token: CancelToken,
    connector: Connector,
}

impl Sessions {
    /// Starts a statement, which must be safe to repeat.
    pub(super) async fn stream(
        &self,
        sql: &str,
        with: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Streamed, Failure> {
        self.repeating(|| self.open(sql, with)).await
    }

    async fn open(
        &self,
        sql: &str,
        with: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Streamed, Failure> {
        let client = self.pool.get().await.map_err(Failure::Pool)?;
        let open = Open {
            token: client.cancel_token(),
            connector: self.connector.clone(),
            client,
        };
        let with = with.iter().map(|(value, kind)| (*value, kind.clone()));
        let rows = open.client.query_typed_raw(sql, with).await;
        Ok(Streamed {
            rows: Box::pin(rows.map_err(Failure::Statement)?),
            open: Some(open),
        })
    }
}

impl Streamed {
    /// The next row; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Row>, Failure> {
        if self.open.is_none() {
            return Ok(None);
        }
        let row = self.rows.try_next().await.map_err(Failure::Statement)?;
        if row.is_none() {
            // Its connection is as good as new.
            self.open = None;
        }
        Ok(row)
    }
}

impl Drop for Streamed {
    fn drop(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        // Rows are still on their way: nobody else may get this connection.
        drop(Object::take(open.client));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // Best effort: the server must not go on working for nobody.
            runtime.spawn(timeout(CANCEL, async move {
                open.connector.cancel(open.token).await
            }));
        }
    }
}
