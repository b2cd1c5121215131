//! Formats, and how files of each are called.

use domain::export::Source;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// How rows are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Comma-separated values with a header (RFC 4180).
    #[default]
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// Apache Parquet, with a type for each column.
    Parquet,
}

/// How a file is made smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// Not at all.
    None,
    /// As gzip does (RFC 1952).
    Gzip,
    /// As Zstandard does (RFC 8878): smaller and faster.
    Zstd,
}

/// The name of a file that was begun at this moment.
pub(super) fn file_name(
    source: Source,
    format: Format,
    compression: Compression,
    begun: OffsetDateTime,
) -> String {
    let digits = format_description!("[year]-[month]-[day]T[hour]-[minute]-[second]Z");
    // The clock's own years have this form.
    let moment = begun.to_offset(UtcOffset::UTC).format(digits);
    let (source, moment) = (source.name(), moment.unwrap_or_default());
    let ending = match (format, compression) {
        (Format::Parquet, _) => "parquet",
        (Format::Csv, Compression::None) => "csv",
        (Format::Csv, Compression::Gzip) => "csv.gz",
        (Format::Csv, Compression::Zstd) => "csv.zst",
        (Format::Jsonl, Compression::None) => "jsonl",
        (Format::Jsonl, Compression::Gzip) => "jsonl.gz",
        (Format::Jsonl, Compression::Zstd) => "jsonl.zst",
    };
    format!("{source}-{moment}.{ending}")
}

/// The media type of a file. A compressed one has that of its compression: it is to be saved as it
/// is, which a content encoding would undo.
pub(super) fn media_type(format: Format, compression: Compression) -> &'static str {
    match (format, compression) {
        (Format::Parquet, _) => "application/vnd.apache.parquet",
        (_, Compression::Gzip) => "application/gzip",
        (_, Compression::Zstd) => "application/zstd",
        (Format::Csv, Compression::None) => "text/csv; charset=utf-8; header=present",
        (Format::Jsonl, Compression::None) => "application/jsonl; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_file_is_named_by_what_it_holds_and_when_it_was_begun() {
        let begun = datetime!(2026-11-28 13:00:00.5 +01:00);
        for (format, compression, name) in [
            (Format::Csv, Compression::None, "csv"),
            (Format::Csv, Compression::Gzip, "csv.gz"),
            (Format::Jsonl, Compression::Zstd, "jsonl.zst"),
            (Format::Parquet, Compression::Gzip, "parquet"),
        ] {
            let name = format!("events-2026-11-28T12-00-00Z.{name}");
            assert_eq!(file_name(Source::Events, format, compression, begun), name);
        }
    }
}
