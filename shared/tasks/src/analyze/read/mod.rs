//! Reads an upload, a piece at a time, into documents.
//!
//! Bytes become lines of text (`lines`), lines become documents by their format (`csv`, `jsonl`,
//! `txt`). Nothing holds more than one line, one row and the documents so far; every bound is
//! checked while reading.

mod columns;
mod csv;
mod jsonl;
mod lines;

use domain::{Failure, UploadFormat};

use super::input::Document;
use columns::Wanted;
use csv::Rows;
use lines::Lines;

pub(super) use lines::Encoding;

/// Most documents of one upload.
pub(super) const MOST_DOCUMENTS: usize = 100_000;
/// Most bytes of one document, as UTF-8.
pub(super) const MOST_DOCUMENT: usize = 64 * 1024;
/// Most bytes of all documents, as UTF-8: other encodings can be shorter.
const MOST_TEXT: usize = 32 * 1024 * 1024;
/// Most bytes kept of a document's id.
const MOST_ID: usize = 64;

/// What an upload holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Read {
    /// The documents, in the file's order. Blank ones are left out.
    pub(super) documents: Vec<Document>,
    /// How the file is written.
    pub(super) encoding: Encoding,
    /// How many lines were not what the encoding says. They were read as Windows-1252, or with
    /// replacement characters in UTF-16.
    pub(super) mended_lines: u64,
    /// How many rows, lines or values were left out because there was no text in them.
    pub(super) blank: u64,
}

/// An upload that cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Line {line}: {message}")]
pub(super) struct Unreadable {
    /// Stable.
    pub(super) code: &'static str,
    /// Counted from 1.
    pub(super) line: u64,
    /// What is wrong and what would be right.
    pub(super) message: String,
}

impl Unreadable {
    fn new(code: &'static str, line: u64, message: impl Into<String>) -> Self {
        Self {
            code,
            line,
            message: message.into(),
        }
    }

    fn long(line: u64) -> Self {
        let message = format!("a document is longer than {MOST_DOCUMENT} bytes; split it.");
        Self::new("document_too_large", line, message)
    }
}

impl From<Unreadable> for Failure {
    fn from(unreadable: Unreadable) -> Self {
        Self::permanent(unreadable.code, unreadable.to_string())
    }
}

/// Reads one upload.
pub(super) struct Reader {
    lines: Lines,
    format: Format,
    taken: Taken,
}

enum Format {
    Csv(Box<Rows>),
    Jsonl(Wanted),
    Txt,
}

impl Reader {
    /// A reader of this format. The columns are fields in JSONL, and nothing in plain text.
    pub(super) fn new(format: UploadFormat, text: Option<String>, id: Option<String>) -> Self {
        let wanted = Wanted { text, id };
        Self {
            lines: Lines::default(),
            format: match format {
                UploadFormat::Csv => Format::Csv(Box::new(Rows::new(wanted))),
                UploadFormat::Jsonl => Format::Jsonl(wanted),
                UploadFormat::Txt => Format::Txt,
            },
            taken: Taken::default(),
        }
    }

    /// How many documents there are so far.
    pub(super) fn count(&self) -> usize {
        self.taken.documents.len()
    }

    /// Takes the next bytes in.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        let Self {
            lines,
            format,
            taken,
        } = self;
        lines.push(bytes, |line, text| format.line(line, text, taken))
    }

    /// Takes the end in.
    pub(super) fn finish(mut self) -> Result<Read, Unreadable> {
        let Self {
            lines,
            format,
            taken,
        } = &mut self;
        lines.finish(|line, text| format.line(line, text, taken))?;
        if let Format::Csv(rows) = format {
            rows.finish()?;
        }
        Ok(Read {
            documents: self.taken.documents,
            encoding: self.lines.encoding(),
            mended_lines: self.lines.mended(),
            blank: self.taken.blank,
        })
    }
}

impl Format {
    fn line(&mut self, line: u64, text: &str, taken: &mut Taken) -> Result<(), Unreadable> {
        match self {
            Self::Csv(rows) => rows.line(line, text, taken),
            Self::Jsonl(wanted) => jsonl::line(wanted, line, text, taken),
            Self::Txt => taken.take(line, None, text),
        }
    }
}

/// The documents so far.
#[derive(Default)]
struct Taken {
    documents: Vec<Document>,
    bytes: usize,
    blank: u64,
}

impl Taken {
    /// Takes one more document, named after its line where it has no id.
    fn take(&mut self, line: u64, id: Option<&str>, text: &str) -> Result<(), Unreadable> {
        let text = text.trim();
        if text.is_empty() {
            self.blank += 1;
            return Ok(());
        }
        if text.len() > MOST_DOCUMENT {
            return Err(Unreadable::long(line));
        }
        if self.documents.len() == MOST_DOCUMENTS {
            let message =
                format!("there are more than {MOST_DOCUMENTS} documents; split the file.");
            return Err(Unreadable::new("too_many_documents", line, message));
        }
        self.bytes += text.len();
        if self.bytes > MOST_TEXT {
            let message = format!("there are more than {MOST_TEXT} bytes of text; split the file.");
            return Err(Unreadable::new("too_much_text", line, message));
        }
        let id = id.map(str::trim).filter(|id| !id.is_empty());
        let id = id.map_or_else(
            || line.to_string(),
            |id| domain::text::cut(id, MOST_ID).to_owned(),
        );
        self.documents.push(Document {
            id,
            text: text.to_owned(),
        });
        Ok(())
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
