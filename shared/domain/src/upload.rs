//! Files that callers upload for their tasks to read.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::Duration;
use uuid::Uuid;

use crate::ids::InvalidId;

/// Most bytes of one upload: what a worker reads and analyses within its time and memory.
pub const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// How long a form for an upload can be used. A slow line sends the largest upload in that time.
pub const FORM_LIFETIME: Duration = Duration::minutes(15);

/// An upload's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UploadId(Uuid);

impl UploadId {
    /// Takes a UUID that the injected entropy made.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl FromStr for UploadId {
    type Err = InvalidId;

    /// Reads the hyphenated form only, so that one upload has one spelling.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = InvalidId {
            what: "upload_id",
            problem: "is not a UUID as POST /uploads gives them",
        };
        if text.len() != 36 {
            return Err(invalid);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| invalid)
    }
}

impl TryFrom<String> for UploadId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<UploadId> for String {
    fn from(id: UploadId) -> String {
        id.to_string()
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}

/// How the texts of an upload are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UploadFormat {
    /// Comma-separated values under a header line.
    Csv,
    /// One JSON value in each line.
    Jsonl,
    /// One text in each line.
    Txt,
}

impl UploadFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Jsonl, Self::Txt];

    /// The media type under which an upload of this format is stored.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Jsonl => "application/x-ndjson",
            Self::Txt => "text/plain",
        }
    }

    /// The format of a media type, with or without parameters; none of one that is not read.
    pub fn of_content_type(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "text/csv" => Some(Self::Csv),
            "application/x-ndjson" | "application/jsonl" => Some(Self::Jsonl),
            "text/plain" => Some(Self::Txt),
            _ => None,
        }
    }

    /// The format that a file's name ends in. Browsers know a file's media type only where the
    /// user's system does.
    pub fn of_file_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "txt" => Some(Self::Txt),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_known_by_its_media_type() {
        for format in UploadFormat::ALL {
            let media_type = format.content_type();
            assert_eq!(UploadFormat::of_content_type(media_type), Some(format));
        }
        let found = UploadFormat::of_content_type("Text/CSV; charset=utf-8");
        assert_eq!(found, Some(UploadFormat::Csv));
        for other in ["", "text/html", "application/json", "csv"] {
            assert_eq!(UploadFormat::of_content_type(other), None, "{other}");
        }
    }

    #[test]
    fn a_format_is_known_by_a_files_ending() {
        for (name, format) in [
            ("reviews.CSV", Some(UploadFormat::Csv)),
            ("a.b.ndjson", Some(UploadFormat::Jsonl)),
            ("notes.txt", Some(UploadFormat::Txt)),
            ("reviews.xlsx", None),
            ("csv", None),
        ] {
            assert_eq!(UploadFormat::of_file_name(name), format, "{name}");
        }
    }

    #[test]
    fn an_upload_has_one_spelling() {
        let text = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(text.parse::<UploadId>().unwrap().to_string(), text);
        for other in ["01890a5dac96774bbcceb302099a8057", "../secret", ""] {
            assert!(other.parse::<UploadId>().is_err(), "{other}");
        }
    }
}
