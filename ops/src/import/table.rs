//! CSV whose header names the fields of events.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use csv::{ByteRecord, Reader, ReaderBuilder};
use serde_json::{Map, Number, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::lines::LONGEST;
use super::record::{Problem, Record};

/// Fields of events that are numbers; all others are texts.
const NUMBERS: &[&str] = &["status", "bytes", "response_time_ms"];

/// The records of a table.
pub struct Table<R> {
    reader: Reader<Budget<R>>,
    budget: Arc<AtomicUsize>,
    fields: Vec<String>,
    record: ByteRecord,
}

impl<R: Read> Table<R> {
    /// Reads the header; `columns` says which field a column is, where its name does not.
    pub fn open(source: R, columns: &BTreeMap<String, String>) -> io::Result<Self> {
        let budget = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&budget);
        let mut reader = ReaderBuilder::new()
            .flexible(true)
            .from_reader(Budget { source, left });
        refill(&budget);
        let header = reader.byte_headers()?.clone();
        let mut fields = Vec::new();
        for name in &header {
            let name = String::from_utf8_lossy(name);
            // Spreadsheets begin a file with it.
            let name = name.trim_start_matches('\u{feff}').trim();
            fields.push(columns.get(name).map_or(name, String::as_str).to_owned());
        }
        let unknown = columns.values().find(|field| !fields.contains(field));
        if let Some(field) = unknown {
            let message = format!("no column was found for the field {field:?} of --map");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let record = ByteRecord::new();
        Ok(Self {
            reader,
            budget,
            fields,
            record,
        })
    }

    fn read(&mut self) -> io::Result<Option<Record>> {
        refill(&self.budget);
        if !self.reader.read_byte_record(&mut self.record)? {
            return Ok(None);
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        let content = self.record.iter().flat_map(|cell| {
            let length = (cell.len() as u64).to_be_bytes();
            length.into_iter().chain(cell.iter().copied())
        });
        Ok(Some(Record {
            line,
            content: content.collect(),
            fields: self.event(),
        }))
    }

    fn event(&self) -> Result<Map<String, Value>, Problem> {
        if self.record.len() != self.fields.len() {
            let (cells, columns) = (self.record.len(), self.fields.len());
            let message = format!("it has {cells} cells and the header {columns}");
            return Err(Problem::new("wrong_number_of_cells", message));
        }
        let mut event = Map::new();
        for (field, cell) in self.fields.iter().zip(&self.record) {
            let cell = std::str::from_utf8(cell)
                .map_err(|_| Problem::new("not_utf8", format!("{field} is not UTF-8")))?;
            if !cell.is_empty() && !field.is_empty() {
                event.insert(field.clone(), value(field, cell));
            }
        }
        Ok(event)
    }
}

impl<R: Read> Iterator for Table<R> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// What a cell is as a field of an event. A cell that is not what it should be stays a text, which
/// the event's own check refuses.
fn value(field: &str, cell: &str) -> Value {
    let text = || Value::String(cell.into());
    if NUMBERS.contains(&field) {
        let number = cell.trim().parse::<Number>();
        return number.map_or_else(|_| text(), Value::Number);
    }
    if field == "at" {
        return unix_time(cell).map_or_else(text, Value::String);
    }
    text()
}

/// Seconds since 1970, with or without a fraction, as RFC 3339.
fn unix_time(cell: &str) -> Option<String> {
    let (seconds, fraction) = cell.split_once('.').unwrap_or((cell, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(seconds) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let nanos: i64 = format!("{fraction:0<9}").parse().ok()?;
    let whole = OffsetDateTime::from_unix_timestamp(seconds.parse().ok()?).ok()?;
    (whole + time::Duration::nanoseconds(nanos))
        .format(&Rfc3339)
        .ok()
}

/// A source that ends in an error where a record is far longer than any event: a quote that is not
/// closed would otherwise take the rest of the file into memory.
struct Budget<R> {
    source: R,
    left: Arc<AtomicUsize>,
}

fn refill(left: &AtomicUsize) {
    left.store(LONGEST, Ordering::Relaxed);
}

impl<R: Read> Read for Budget<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.load(Ordering::Relaxed);
        let length = self.source.read(buffer)?;
        if length > left {
            let message = "a record is longer than 1 MiB; is a quote not closed?";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        self.left.store(left - length, Ordering::Relaxed);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(text: &[u8], columns: &[(&str, &str)]) -> io::Result<Vec<Record>> {
        let columns = columns
            .iter()
            .map(|(column, field)| ((*column).into(), (*field).into()));
        Table::open(text, &columns.collect())?.collect()
    }

    #[test]
    fn columns_are_fields_by_name_or_by_map() {
        let text =
            "\u{feff}when,service,status,note\n1767225600.5,shop,200,\"two\nlines\"\n,shop,many,\n";
        let records = read(text.as_bytes(), &[("when", "at")]).unwrap();
        let fields: Vec<_> = records
            .iter()
            .map(|record| record.fields.clone().unwrap())
            .collect();
        let first = json!({"at": "2026-01-01T00:00:00.5Z", "service": "shop", "status": 200, "note": "two\nlines"});
        assert_eq!(Value::Object(fields[0].clone()), first);
        assert_eq!(
            Value::Object(fields[1].clone()),
            json!({"service": "shop", "status": "many"})
        );
        assert_eq!((records[0].line, records[1].line), (2, 4));
    }

    #[test]
    fn a_record_with_other_cells_than_the_header_is_refused_alone() {
        let records = read(b"a,b\n1\n1,2\n\xff,2\n", &[]).unwrap();
        let codes: Vec<_> = records
            .iter()
            .map(|record| {
                record
                    .fields
                    .as_ref()
                    .err()
                    .map(|problem| problem.code.clone())
            })
            .collect();
        assert_eq!(
            codes,
            [
                Some("wrong_number_of_cells".into()),
                None,
                Some("not_utf8".into())
            ]
        );
    }

    #[test]
    fn a_quote_that_is_not_closed_takes_no_memory() {
        let text = format!("a\n\"{}", "x".repeat(2 * LONGEST));
        let error = read(text.as_bytes(), &[]).unwrap_err();
        assert!(error.to_string().contains("quote"), "{error}");
    }

    #[test]
    fn a_map_without_its_column_is_refused() {
        let error = read(b"a\n1\n", &[("b", "at")]).unwrap_err();
        assert!(error.to_string().contains("\"at\""), "{error}");
    }

    proptest! {
        #[test]
        fn no_bytes_upset_it(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes, &[]);
        }

        #[test]
        fn cells_survive_the_way_there_and_back(cells in proptest::collection::vec("[^\u{0}]{1,12}", 1..6)) {
            let names = (0..cells.len()).map(|number| format!("field{number}"));
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(names).unwrap();
            writer.write_record(&cells).unwrap();
            let records = read(&writer.into_inner().unwrap(), &[]).unwrap();
            let fields = records[0].fields.clone().unwrap();
            let back: Vec<_> = fields.values().map(|value| value.as_str().unwrap().to_owned()).collect();
            prop_assert_eq!(back, cells);
        }
    }
}
