//! Where uploads go, and where they are read.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use time::{Duration, OffsetDateTime};

use super::PortError;
use crate::ids::TenantId;
use crate::upload::{UploadFormat, UploadId};

/// What an upload may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadTerms {
    /// Its name; nothing else of the tenant has it.
    pub id: UploadId,
    /// What it is: it has to be sent under this format's media type.
    pub format: UploadFormat,
    /// It may hold no more bytes.
    pub most_bytes: u64,
}

/// A form that lets its holder upload one file: each field, then the file as the field `file`, sent
/// as `multipart/form-data`.
#[derive(Clone, PartialEq, Eq)]
pub struct UploadForm {
    /// Where to post it.
    pub url: String,
    /// The fields. Whoever has them can upload that one file: never log them.
    pub fields: BTreeMap<String, String>,
    /// When it stops working.
    pub expires_at: OffsetDateTime,
}

impl fmt::Debug for UploadForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadForm")
            .field("url", &self.url)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Lets callers upload files without going through us.
#[async_trait]
pub trait UploadForms: Send + Sync {
    /// A form for one upload of the tenant, which whoever keeps the file enforces: its place, its
    /// type, its length, the time.
    async fn form(
        &self,
        tenant: &TenantId,
        terms: &UploadTerms,
        now: OffsetDateTime,
        lifetime: Duration,
    ) -> Result<UploadForm, PortError>;
}

/// An upload that is there.
pub struct Upload {
    /// The media type it was sent under.
    pub content_type: String,
    /// How many bytes it holds.
    pub bytes: u64,
    /// The bytes.
    pub chunks: Box<dyn Chunks>,
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("content_type", &self.content_type)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// Bytes in order, a bounded piece at a time.
#[async_trait]
pub trait Chunks: Send {
    /// The next piece; none at the end. A stream that broke off is an error, never an end.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PortError>;
}

/// Reads uploads.
#[async_trait]
pub trait Uploads: Send + Sync {
    /// The tenant's upload of that name; none where it has none, or its time is over.
    async fn open(&self, tenant: &TenantId, id: UploadId) -> Result<Option<Upload>, PortError>;
}
