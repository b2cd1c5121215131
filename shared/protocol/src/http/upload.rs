//! Uploads.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// The body of `POST /uploads`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadBody {
    /// The file's name, 1 to 255 bytes. Its ending (`.csv`, `.jsonl`, `.ndjson`, `.txt`) tells the
    /// type where `content_type` is not given.
    pub file_name: String,
    /// `text/csv`, `application/x-ndjson`, `application/jsonl` or `text/plain`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The file's length. The upload may be no longer, and at most 33,554,432 bytes (32 MiB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// The answer of `POST /uploads`: post `multipart/form-data` to `url`, with every field and then
/// the file as `file`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UploadOffer {
    /// What a task names the upload by.
    pub upload_id: String,
    /// Where to post the form, without a token.
    pub url: String,
    /// The form's fields, to be sent unchanged.
    pub fields: BTreeMap<String, String>,
    /// When the form stops working.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// The file may hold no more bytes.
    pub max_bytes: u64,
}
