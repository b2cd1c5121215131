//! One JSON object a line. A field without a value is left out, so that a line has the fields of
//! the event it was.

use std::io::Write as _;

use domain::export::{Cell, Column, Row};
use serde::Serialize;
use serde::ser::{Error as _, SerializeMap as _};
use serde_json::value::RawValue;

use super::super::format::Compression;
use super::packed::Packed;
use super::{EncodeError, Encoder, moment};

/// Writes JSON lines.
pub(super) struct Jsonl {
    packed: Packed,
    columns: Vec<Column>,
}

impl Jsonl {
    pub(super) fn new(columns: &[Column], compression: Compression) -> Result<Self, EncodeError> {
        Ok(Self {
            packed: Packed::new(compression)?,
            columns: columns.to_vec(),
        })
    }
}

impl Encoder for Jsonl {
    fn write(&mut self, rows: Vec<Row>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        // One write for all lines: a compressor works best on much at once.
        let mut lines = Vec::new();
        for row in &rows {
            let line = Line {
                columns: &self.columns,
                row,
            };
            serde_json::to_writer(&mut lines, &line)
                .map_err(|error| EncodeError::Library(error.into()))?;
            lines.push(b'\n');
        }
        self.packed.write_all(&lines)?;
        self.packed.drain(out);
        Ok(())
    }

    fn finish(self: Box<Self>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.packed.finish(out)
    }
}

struct Line<'a> {
    columns: &'a [Column],
    row: &'a Row,
}

impl Serialize for Line<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (Column { name, .. }, cell) in self.columns.iter().zip(self.row) {
            match cell {
                Cell::None => {}
                Cell::Text(text) => map.serialize_entry(name, text)?,
                Cell::Integer(number) => map.serialize_entry(name, number)?,
                Cell::Double(number) => map.serialize_entry(name, number)?,
                Cell::Boolean(yes) => map.serialize_entry(name, yes)?,
                Cell::Moment(at) => map.serialize_entry(name, &moment::text(*at))?,
                Cell::Json(text) => {
                    let value: &RawValue = serde_json::from_str(text).map_err(S::Error::custom)?;
                    map.serialize_entry(name, value)?;
                }
            }
        }
        map.end()
    }
}
