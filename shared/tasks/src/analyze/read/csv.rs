//! CSV (RFC 4180) under a header line. The separator is the comma, semicolon or tab that the header
//! line has most of.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::columns::{Places, Wanted};
use super::{MOST_DOCUMENT, Taken, Unreadable};

/// Most columns.
const MOST_COLUMNS: usize = 1_024;
/// Most bytes of one row.
const MOST_ROW: usize = 4 * MOST_DOCUMENT;

/// Reads rows, line by line.
pub(super) struct Rows {
    wanted: Wanted,
    header: Option<Header>,
    reader: Reader,
    row: Row,
}

struct Header {
    places: Places,
    columns: usize,
}

/// The row so far.
struct Row {
    /// The fields' bytes, one after the other.
    fields: Vec<u8>,
    written: usize,
    /// Where each field ends.
    ends: Vec<usize>,
    ended: usize,
    /// The line it began in; none between rows.
    begun: Option<u64>,
}

impl Rows {
    pub(super) fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            header: None,
            reader: Reader::new(),
            row: Row {
                fields: vec![0; 1024],
                written: 0,
                ends: vec![0; 32],
                ended: 0,
                begun: None,
            },
        }
    }

    /// Takes the next line in.
    pub(super) fn line(
        &mut self,
        line: u64,
        text: &str,
        taken: &mut Taken,
    ) -> Result<(), Unreadable> {
        if self.header.is_none() && self.row.begun.is_none() {
            self.reader = ReaderBuilder::new().delimiter(separator(text)).build();
        }
        // The parser ends a row at a carriage return already.
        let text = text.trim_end_matches('\r');
        if self.row.begun.is_none() && text.is_empty() {
            return Ok(());
        }
        self.bytes(line, text.as_bytes(), taken)?;
        self.bytes(line, b"\n", taken)
    }

    /// A row that has not ended is in quotes that were never closed.
    pub(super) fn finish(&self) -> Result<(), Unreadable> {
        let Some(line) = self.row.begun else {
            return Ok(());
        };
        let message = "a quotation mark in the row that begins here is never closed.";
        Err(Unreadable::new("csv_open_quote", line, message))
    }

    fn bytes(&mut self, line: u64, mut bytes: &[u8], taken: &mut Taken) -> Result<(), Unreadable> {
        while !bytes.is_empty() {
            let row = &mut self.row;
            let begun = *row.begun.get_or_insert(line);
            let (result, read, written, ended) = self.reader.read_record(
                bytes,
                &mut row.fields[row.written..],
                &mut row.ends[row.ended..],
            );
            bytes = &bytes[read..];
            row.written += written;
            row.ended += ended;
            match result {
                ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
                ReadRecordResult::OutputFull if row.fields.len() < MOST_ROW => {
                    row.fields.resize(row.fields.len() * 2, 0);
                }
                ReadRecordResult::OutputFull => return Err(Unreadable::long(begun)),
                ReadRecordResult::OutputEndsFull if row.ends.len() < MOST_COLUMNS => {
                    row.ends.resize(row.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull => {
                    let message = format!("there are more than {MOST_COLUMNS} columns.");
                    return Err(Unreadable::new("csv_too_many_columns", begun, message));
                }
                ReadRecordResult::Record => self.row(begun, taken)?,
            }
        }
        Ok(())
    }

    fn row(&mut self, line: u64, taken: &mut Taken) -> Result<(), Unreadable> {
        let Self {
            header,
            row,
            wanted,
            ..
        } = self;
        let fields = row.fields(line)?;
        match header {
            Some(header) => header.take(line, &fields, taken)?,
            None => {
                *header = Some(Header {
                    places: wanted.among(&fields, line)?,
                    columns: fields.len(),
                });
            }
        }
        (row.written, row.ended, row.begun) = (0, 0, None);
        Ok(())
    }
}

impl Row {
    fn fields(&self, line: u64) -> Result<Vec<&str>, Unreadable> {
        let ends = self.ends[..self.ended].iter();
        let fields = ends.scan(0, |start, end| {
            let field = self.fields.get(*start..*end);
            *start = *end;
            field
        });
        let fields: Result<_, _> = fields.map(std::str::from_utf8).collect();
        // Lines are text, and fields end between their characters.
        fields.map_err(|_| Unreadable::new("upload_not_text", line, "a field is no text."))
    }
}

impl Header {
    fn take(&self, line: u64, fields: &[&str], taken: &mut Taken) -> Result<(), Unreadable> {
        if fields.len() != self.columns {
            let (found, columns) = (fields.len(), self.columns);
            let message = format!("the row has {found} fields and the header {columns}.");
            return Err(Unreadable::new("csv_wrong_field_count", line, message));
        }
        let id = self.places.id.map(|place| fields[place]);
        taken.take(line, id, fields[self.places.text])
    }
}

fn separator(header: &str) -> u8 {
    let mut best = (b',', 0);
    for separator in *b",;\t" {
        let count = header.bytes().filter(|byte| *byte == separator).count();
        if count > best.1 {
            best = (separator, count);
        }
    }
    best.0
}
