//! One connection while one command, or one transaction, uses it.

use std::sync::Arc;

use bson::raw::RawDocument;
use deadpool_postgres::{Client, ClientWrapper};
use tokio_postgres::types::ToSql;
use tokio_postgres::{NoTls, Row};

use super::answer::Answer;
use super::bson_value::Bytes;
use super::{EngineError, Health};

/// Repeatable reads are what MongoDB calls a snapshot. A writer that waits for another one's row
/// gives up quickly, as MongoDB's does, so that two transactions cannot wait for each other.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '100ms'";

/// A value of a statement's parameters.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Param<'a> {
    Text(&'a str),
    Document(&'a RawDocument),
    Sequence(Option<&'a [u8]>),
    Ids(&'a [i64]),
}

/// A connection that goes back to the pool only when it is known to be idle.
///
/// A command that is dropped halfway, because its client hung up, is cancelled, and its
/// connection closed; the same happens to a transaction that nobody ends.
#[derive(Debug)]
pub(crate) struct Lease {
    client: Option<Client>,
    health: Arc<Health>,
    idle: bool,
    in_transaction: bool,
}

impl Lease {
    pub(super) fn new(client: Client, health: Arc<Health>) -> Self {
        Self {
            client: Some(client),
            health,
            idle: true,
            in_transaction: false,
        }
    }

    /// Runs a statement that answers one row.
    pub(crate) async fn ask<T: Answer>(
        &mut self,
        sql: &'static str,
        params: &[Param<'_>],
    ) -> Result<T, EngineError> {
        self.idle = false;
        let result = query(self.client()?, sql, params)
            .await
            .and_then(|row| T::read(&row));
        self.settle(result)
    }

    /// A statement without parameters whose answer does not matter.
    pub(crate) async fn execute(&mut self, sql: &str) -> Result<(), EngineError> {
        self.idle = false;
        let result = self.client()?.batch_execute(sql).await;
        self.settle(result)
    }

    pub(crate) async fn begin(&mut self) -> Result<(), EngineError> {
        self.in_transaction = true;
        self.execute(BEGIN).await
    }

    /// Ends the transaction; when that fails, dropping the lease ends it as an abort.
    pub(crate) async fn end(&mut self, sql: &'static str) -> Result<(), EngineError> {
        self.execute(sql).await?;
        self.in_transaction = false;
        Ok(())
    }

    pub(super) async fn has_extension(mut self) -> Result<bool, EngineError> {
        let sql = "SELECT count(*) > 0 FROM pg_extension WHERE extname = 'documentdb'";
        self.ask(sql, &[]).await
    }

    fn client(&self) -> Result<&ClientWrapper, EngineError> {
        self.client.as_deref().ok_or(EngineError::Released)
    }

    /// A statement that ended, well or not, leaves the connection idle unless it broke.
    fn settle<T>(&mut self, result: Result<T, tokio_postgres::Error>) -> Result<T, EngineError> {
        let result = result.map_err(EngineError::from);
        self.idle = !matches!(result, Err(EngineError::Lost(_)));
        if !self.idle {
            self.health.mark_down();
        }
        result
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else {
            return;
        };
        if self.idle && !self.in_transaction {
            return;
        }
        let running = !self.idle && !client.is_closed();
        let client = Client::take(client);
        if running {
            let cancel = client.cancel_token();
            // Nobody is left to hear of a failure, and closing the connection is the fallback.
            tokio::spawn(async move { cancel.cancel_query(NoTls).await.ok() });
        }
    }
}

async fn query(
    client: &ClientWrapper,
    sql: &str,
    params: &[Param<'_>],
) -> Result<Row, tokio_postgres::Error> {
    let values: Vec<Value<'_>> = params.iter().map(|param| Value::from(*param)).collect();
    let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(Value::as_sql).collect();
    let statement = client.prepare_cached(sql).await?;
    client.query_one(&statement, &values).await
}

/// A parameter as the PostgreSQL client wants it.
enum Value<'a> {
    Text(&'a str),
    Bson(Bytes<'a>),
    Absent(Option<Bytes<'a>>),
    Ids(&'a [i64]),
}

impl<'a> From<Param<'a>> for Value<'a> {
    fn from(param: Param<'a>) -> Self {
        match param {
            Param::Text(text) => Self::Text(text),
            Param::Document(document) => Self::Bson(Bytes(document.as_bytes())),
            Param::Sequence(bytes) => Self::Absent(bytes.map(Bytes)),
            Param::Ids(ids) => Self::Ids(ids),
        }
    }
}

impl Value<'_> {
    fn as_sql(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Text(text) => text,
            Self::Bson(bytes) => bytes,
            Self::Absent(bytes) => bytes,
            Self::Ids(ids) => ids,
        }
    }
}
