//! Cursors between their pages.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bson::doc;
use bson::raw::{RawDocument, RawDocumentBuf};

use super::request::Command;
use super::service::{Service, encode};
use crate::engine::{Page, Param};
use crate::fault::{CommandError, During, codes};

const GET_MORE: &str =
    "SELECT cursorpage, continuation FROM documentdb_api.cursor_get_more($1, $2, $3)";
const DELETE: &str = "SELECT documentdb_api_internal.delete_cursors($1)";

/// How long a cursor waits for its client, as long as MongoDB's.
const IDLE_LIFE: Duration = Duration::from_mins(10);

/// The cursors that have more to give.
#[derive(Debug, Default)]
pub(crate) struct Cursors {
    open: Mutex<HashMap<i64, Cursor>>,
}

#[derive(Debug)]
struct Cursor {
    database: String,
    continuation: RawDocumentBuf,
    used: Instant,
}

impl Cursors {
    /// Keeps what continues the page, if anything does, and gives the page.
    pub(crate) fn open(&self, page: Page, database: &str) -> RawDocumentBuf {
        if let (Some(continuation), Some(id)) = (page.continuation, id_of(&page.document)) {
            let database = database.to_owned();
            let cursor = Cursor {
                database,
                continuation,
                used: Instant::now(),
            };
            self.locked().insert(id, cursor);
        }
        page.document
    }

    /// Forgets cursors that nobody asked about for long; the engine ages out what backs them.
    pub(crate) fn sweep(&self) {
        self.locked()
            .retain(|_, cursor| cursor.used.elapsed() < IDLE_LIFE);
    }

    fn take(&self, id: i64) -> Option<Cursor> {
        self.locked().remove(&id)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Cursor>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The cursor's number on a page; the last page says zero.
fn id_of(page: &RawDocument) -> Option<i64> {
    let id = page.get_document("cursor").ok()?.get_i64("id").ok()?;
    (id != 0).then_some(id)
}

/// The next page. A cursor whose page failed is gone, as in MongoDB.
pub(crate) async fn get_more(
    service: &Service,
    command: &Command<'_>,
) -> Result<RawDocumentBuf, CommandError> {
    let id = command.target.as_i64().unwrap_or_default();
    let cursor = service.cursors.take(id).ok_or_else(|| {
        CommandError::new(codes::CURSOR_NOT_FOUND, format!("cursor id {id} not found"))
    })?;
    let params = [
        Param::Text(&cursor.database),
        Param::Document(command.body),
        Param::Document(&cursor.continuation),
    ];
    let page = if let Some(part) = command.transaction {
        service
            .ask_in_transaction(command, part, GET_MORE, &params)
            .await?
    } else {
        let page = service.lease().await?.ask(GET_MORE, &params).await;
        page.map_err(|error| CommandError::of_engine(error, During::Command))?
    };
    Ok(service.cursors.open(page, &cursor.database))
}

/// Forgets cursors, and lets the engine drop what backs them.
pub(crate) async fn kill(
    service: &Service,
    command: &Command<'_>,
) -> Result<RawDocumentBuf, CommandError> {
    let asked = command.body.get_array("cursors").into_iter().flatten();
    let asked = asked.filter_map(|id| id.ok()?.as_i64());
    let (killed, unknown): (Vec<i64>, Vec<i64>) =
        asked.partition(|id| service.cursors.take(*id).is_some());
    if !killed.is_empty() {
        let deleted = service
            .lease()
            .await?
            .ask::<()>(DELETE, &[Param::Ids(&killed)])
            .await;
        // The cursor is gone for the client either way, and the engine ages its file out.
        if let Err(error) = deleted {
            tracing::debug!(%error, "cursor.file_left");
        }
    }
    Ok(encode(&doc! {
        "cursorsKilled": killed,
        "cursorsNotFound": unknown,
        "cursorsAlive": [],
        "cursorsUnknown": [],
        "ok": 1.0,
    }))
}

#[cfg(test)]
mod tests {
    use bson::rawdoc;

    use super::*;

    fn page(id: i64, continuation: Option<RawDocumentBuf>) -> Page {
        let document = rawdoc! { "cursor": { "id": id, "firstBatch": [] }, "ok": 1 };
        Page {
            document,
            continuation,
        }
    }

    #[test]
    fn a_cursor_is_kept_until_it_is_taken() {
        let cursors = Cursors::default();
        cursors.open(page(7, Some(rawdoc! { "more": true })), "db");
        assert_eq!(cursors.take(7).unwrap().database, "db");
        assert!(cursors.take(7).is_none());
    }

    #[test]
    fn the_last_page_leaves_nothing_behind() {
        let cursors = Cursors::default();
        cursors.open(page(0, None), "db");
        cursors.open(page(0, Some(rawdoc! {})), "db");
        assert!(cursors.locked().is_empty());
    }
}
