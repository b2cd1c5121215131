//! Rows on their way out of the stores, and the files that they become.

use async_trait::async_trait;

use super::PortError;
use crate::export::{Row, RowQuery};
use crate::ids::{RequestId, TenantId};

/// Rows of one query, a few at a time. Dropping it lets the store's cursor go.
#[async_trait]
pub trait RowStream: Send {
    /// The next rows: at least one, and no more than
    /// [`MOST_ROWS_AT_ONCE`](crate::export::MOST_ROWS_AT_ONCE) or the row that exceeds
    /// [`MOST_BYTES_AT_ONCE`](crate::export::MOST_BYTES_AT_ONCE). Empty at the end.
    async fn next(&mut self) -> Result<Vec<Row>, PortError>;
}

/// Gives a tenant's rows without ever holding all of them.
#[async_trait]
pub trait RowSource: Send + Sync {
    /// The rows that match, in an order that suits the store. [`PortError::Broken`] where it does
    /// not keep what the query is about.
    async fn rows(
        &self,
        tenant: &TenantId,
        query: &RowQuery,
    ) -> Result<Box<dyn RowStream>, PortError>;

    /// How many rows match, for showing progress; none where counting takes more than moments.
    async fn count(&self, tenant: &TenantId, query: &RowQuery) -> Result<Option<u64>, PortError>;
}

/// A file to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Whose.
    pub tenant: TenantId,
    /// The task that makes it.
    pub request_id: RequestId,
    /// The name under which a browser saves it: letters, digits, `-` and `.` only.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
}

/// A file that is being written, part by part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The file's key, which [`object_key`](crate::export::object_key) gives.
    pub key: String,
    /// The store's name for the upload.
    pub id: String,
}

/// A part that the store has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPart {
    /// Its place, from 1 on.
    pub number: u16,
    /// The store's name for its content.
    pub tag: String,
}

/// Writes files part by part. A file is not there before it is finished, and an upload that is
/// aborted leaves nothing.
#[async_trait]
pub trait FileStore: Send + Sync {
    /// Starts a file. Uploads that earlier attempts of the same task left are aborted first, so
    /// that none can end after this one.
    async fn start(&self, file: &NewFile) -> Result<Upload, PortError>;

    /// Stores a part. All but the last have the same size, at least 5 MiB. Numbers are 1 to
    /// [`MOST_PARTS`]; storing one again replaces it.
    async fn put(
        &self,
        upload: &Upload,
        number: u16,
        bytes: Vec<u8>,
    ) -> Result<StoredPart, PortError>;

    /// Makes the parts, in this order, the file. There is at least one, which may be empty.
    async fn finish(&self, upload: &Upload, parts: &[StoredPart]) -> Result<(), PortError>;

    /// Gives the upload up with all its parts, those on their way included. Aborting what is gone
    /// already does nothing.
    async fn abort(&self, upload: &Upload) -> Result<(), PortError>;
}

/// Most parts of a file
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>).
pub const MOST_PARTS: u16 = 10_000;
