//! Rows in, a file's bytes out. Nothing here waits for anything or knows where bytes go.

mod csv;
mod jsonl;
mod moment;
mod packed;
mod parquet;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use domain::export::{Column, Row};

use self::csv::Csv;
use self::jsonl::Jsonl;
use self::parquet::Parquet;
use super::format::{Compression, Format};

/// Writes rows as a file.
pub(super) trait Encoder: Send {
    /// Takes rows, and adds the bytes that are ready to `out`. What it keeps back is bounded.
    fn write(&mut self, rows: Vec<Row>, out: &mut Vec<u8>) -> Result<(), EncodeError>;

    /// Adds the rest of the file to `out`.
    fn finish(self: Box<Self>, out: &mut Vec<u8>) -> Result<(), EncodeError>;
}

/// Rows could not be written: a defect, since all that is read has a form in every format.
#[derive(Debug, thiserror::Error)]
pub(super) enum EncodeError {
    /// A cell is not of its column's kind.
    #[error("a cell of the column {0} is not of its kind")]
    Kind(String),
    /// A library refused.
    #[error("the rows cannot be written")]
    Library(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<std::io::Error> for EncodeError {
    fn from(error: std::io::Error) -> Self {
        Self::Library(error.into())
    }
}

/// The encoder of a format.
pub(super) fn encoder(
    format: Format,
    compression: Compression,
    columns: &[Column],
    escape_formulas: bool,
) -> Result<Box<dyn Encoder>, EncodeError> {
    Ok(match format {
        Format::Csv => Box::new(Csv::new(columns, compression, escape_formulas)?),
        Format::Jsonl => Box::new(Jsonl::new(columns, compression)?),
        Format::Parquet => Box::new(Parquet::new(columns, compression)?),
    })
}
