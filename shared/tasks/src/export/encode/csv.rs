//! Comma-separated values with a header, as RFC 4180 has them: lines end in CR LF, and a field with
//! a comma, a quote or a line break is quoted.
//!
//! No value is an empty field. A text that a spreadsheet would run as a formula can be defused:
//! requests' paths and log lines are written by strangers, and whoever opens the file should not
//! run what they wrote (<https://owasp.org/www-community/attacks/CSV_Injection>).

use std::borrow::Cow;

use csv::{Terminator, Writer, WriterBuilder};
use domain::export::{Cell, Column, Row};

use super::super::format::Compression;
use super::packed::Packed;
use super::{EncodeError, Encoder, moment};

/// What a formula begins with, the full-width forms included that some spreadsheets take as well.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Writes CSV.
pub(super) struct Csv {
    packed: Packed,
    escape_formulas: bool,
}

impl Csv {
    pub(super) fn new(
        columns: &[Column],
        compression: Compression,
        escape_formulas: bool,
    ) -> Result<Self, EncodeError> {
        let mut packed = Packed::new(compression)?;
        let mut writer = writer(&mut packed);
        let header = columns.iter().map(|column| column.name.as_str());
        writer.write_record(header).map_err(refused)?;
        writer.flush()?;
        drop(writer);
        Ok(Self {
            packed,
            escape_formulas,
        })
    }
}

impl Encoder for Csv {
    fn write(&mut self, rows: Vec<Row>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let escape = self.escape_formulas;
        let mut writer = writer(&mut self.packed);
        for row in &rows {
            let fields = row.iter().map(|cell| field(cell, escape));
            let fields = fields.map(|field| field.into_owned().into_bytes());
            writer.write_record(fields).map_err(refused)?;
        }
        writer.flush()?;
        drop(writer);
        self.packed.drain(out);
        Ok(())
    }

    fn finish(self: Box<Self>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.packed.finish(out)
    }
}

fn writer(packed: &mut Packed) -> Writer<&mut Packed> {
    let mut builder = WriterBuilder::new();
    builder.terminator(Terminator::CRLF);
    builder.from_writer(packed)
}

fn refused(error: csv::Error) -> EncodeError {
    EncodeError::Library(error.into())
}

fn field(cell: &Cell, escape: bool) -> Cow<'_, str> {
    match cell {
        Cell::None => "".into(),
        Cell::Text(text) if escape && is_formula(text) => format!("'{text}").into(),
        Cell::Text(text) | Cell::Json(text) => text.into(),
        Cell::Integer(number) => number.to_string().into(),
        Cell::Double(number) => number.to_string().into(),
        Cell::Boolean(yes) => yes.to_string().into(),
        Cell::Moment(at) => moment::text(*at).into(),
    }
}

/// A sign alone, such as the `-` for an unknown user, computes nothing.
fn is_formula(text: &str) -> bool {
    let mut rest = text.chars();
    rest.next().is_some_and(|first| FORMULA.contains(&first)) && rest.next().is_some()
}
