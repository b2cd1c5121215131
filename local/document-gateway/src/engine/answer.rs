//! What the engine's functions answer: one row of a few columns.

use bson::RawDocumentBuf;
use tokio_postgres::{Error, Row};

use super::bson_value::Owned;

/// Something that one row says.
pub(crate) trait Answer: Sized {
    fn read(row: &Row) -> Result<Self, Error>;
}

/// A document, and whether the engine counts the command as done.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) document: RawDocumentBuf,
    pub(crate) success: bool,
}

/// A page of a cursor, and what the engine needs to make the next one.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) document: RawDocumentBuf,
    pub(crate) continuation: Option<RawDocumentBuf>,
}

/// The reply to a request for indexes, and the builds that it queued.
#[derive(Debug)]
pub(crate) struct Queued {
    pub(crate) outcome: Outcome,
    pub(crate) requests: Option<RawDocumentBuf>,
}

/// How far queued builds have come.
#[derive(Debug)]
pub(crate) struct Progress {
    pub(crate) outcome: Outcome,
    pub(crate) complete: bool,
}

impl Answer for () {
    fn read(_: &Row) -> Result<Self, Error> {
        Ok(())
    }
}

impl Answer for bool {
    fn read(row: &Row) -> Result<Self, Error> {
        row.try_get(0)
    }
}

impl Answer for RawDocumentBuf {
    fn read(row: &Row) -> Result<Self, Error> {
        document(row, 0)
    }
}

impl Answer for Outcome {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            document: document(row, 0)?,
            success: row.try_get(1)?,
        })
    }
}

impl Answer for Page {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            document: document(row, 0)?,
            continuation: optional(row, 1)?,
        })
    }
}

impl Answer for Queued {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            outcome: Outcome::read(row)?,
            requests: optional(row, 2)?,
        })
    }
}

impl Answer for Progress {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            outcome: Outcome::read(row)?,
            complete: row.try_get(2)?,
        })
    }
}

fn document(row: &Row, column: usize) -> Result<RawDocumentBuf, Error> {
    Ok(row.try_get::<_, Owned>(column)?.0)
}

fn optional(row: &Row, column: usize) -> Result<Option<RawDocumentBuf>, Error> {
    Ok(row
        .try_get::<_, Option<Owned>>(column)?
        .map(|owned| owned.0))
}
