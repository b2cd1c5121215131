//! Events as rows, for exports of any size.

use std::time::Duration;

use async_trait::async_trait;
use bson::Document;
use domain::TenantId;
use domain::export::{Cell, Column, MOST_BYTES_AT_ONCE, MOST_ROWS_AT_ONCE, Row, RowQuery, Source};
use domain::ports::{PortError, RowSource, RowStream};
use mongodb::error::ErrorKind;
use tokio::time::timeout;

use super::failure::Failure;
use super::filter::events;
use super::merge::Merged;
use super::{Events, SERVER};

/// How long the first rows may take, or further ones: the server may have to read far for them.
const BATCH: Duration = Duration::from_secs(45);
/// How long counting may take: it only tells how far an export is.
const COUNT: Duration = Duration::from_secs(3);
/// The server's code for a command that took longer than it may.
const TOOK_TOO_LONG: i32 = 50;

#[async_trait]
impl RowSource for Events {
    async fn rows(
        &self,
        tenant: &TenantId,
        query: &RowQuery,
    ) -> Result<Box<dyn RowStream>, PortError> {
        let filters = types(query.source)?.iter();
        let filters = filters.map(|kind| events(tenant, kind, query.from, query.to));
        let merged = Merged::open(&self.collection, filters);
        let merged = timeout(BATCH, merged).await;
        Ok(Box::new(EventRows {
            events: merged.map_err(|_| Failure::TooSlow(BATCH)).flatten()?,
            columns: query.columns.clone(),
        }))
    }

    async fn count(&self, tenant: &TenantId, query: &RowQuery) -> Result<Option<u64>, PortError> {
        let mut count = 0;
        for kind in types(query.source)? {
            let filter = events(tenant, kind, query.from, query.to);
            match timeout(COUNT, self.matching(filter)).await {
                Ok(Ok(Some(matching))) => count += matching,
                Ok(Ok(None)) | Err(_) => return Ok(None),
                Ok(Err(failure)) => return Err(failure.into()),
            }
        }
        Ok(Some(count))
    }
}

impl Events {
    async fn matching(&self, filter: Document) -> Result<Option<u64>, Failure> {
        let count = self.collection.count_documents(filter).max_time(COUNT);
        match count.await {
            Ok(count) => Ok(Some(count)),
            Err(error) if took_too_long(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn took_too_long(error: &mongodb::error::Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(command) if command.code == TOOK_TOO_LONG)
}

/// The types of events that a source is about.
fn types(source: Source) -> Result<&'static [&'static str], PortError> {
    match source {
        Source::Events => Ok(&["request", "log", "session", "user"]),
        Source::Logs => Ok(&["log"]),
        Source::Users | Source::Sessions | Source::Tasks | Source::Report => {
            Err(PortError::broken(SERVER, "rows that another store keeps"))
        }
    }
}

struct EventRows {
    events: Merged,
    columns: Vec<Column>,
}

#[async_trait]
impl RowStream for EventRows {
    async fn next(&mut self) -> Result<Vec<Row>, PortError> {
        let batch = timeout(BATCH, self.batch()).await;
        Ok(batch.map_err(|_| Failure::TooSlow(BATCH)).flatten()?)
    }
}

impl EventRows {
    async fn batch(&mut self) -> Result<Vec<Row>, Failure> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while rows.len() < MOST_ROWS_AT_ONCE && bytes <= MOST_BYTES_AT_ONCE {
            let Some(event) = self.events.next().await? else {
                break;
            };
            let row = domain::export::of_event(&event, &self.columns);
            bytes += row.iter().map(Cell::bytes).sum::<usize>();
            rows.push(row);
        }
        Ok(rows)
    }
}
