//! The rows of a group, column by column.

use std::io::Write;

use domain::export::{Cell, Column, ColumnKind, Row};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::writer::{SerializedColumnWriter, SerializedRowGroupWriter};

use super::super::{EncodeError, moment};

/// What a cell takes in memory beside its text, in bytes: its place in the column, its level, and
/// a share of what the library keeps for each text.
const CELL: usize = 64;

/// Rows that wait for their group to be full.
pub(super) struct Buffer {
    columns: Vec<Kept>,
    rows: usize,
    bytes: usize,
}

struct Kept {
    name: String,
    values: Values,
    /// For each row 1 where it has a value, else 0.
    levels: Vec<i16>,
}

enum Values {
    Texts(Vec<ByteArray>),
    Integers(Vec<i64>),
    Doubles(Vec<f64>),
    Booleans(Vec<bool>),
}

impl Buffer {
    pub(super) fn new(columns: &[Column]) -> Self {
        let kept = |column: &Column| Kept {
            name: column.name.clone(),
            levels: Vec::new(),
            values: match column.kind {
                ColumnKind::Text | ColumnKind::Json => Values::Texts(Vec::new()),
                ColumnKind::Integer | ColumnKind::Moment => Values::Integers(Vec::new()),
                ColumnKind::Double => Values::Doubles(Vec::new()),
                ColumnKind::Boolean => Values::Booleans(Vec::new()),
            },
        };
        Self {
            columns: columns.iter().map(kept).collect(),
            rows: 0,
            bytes: 0,
        }
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// What they take in memory.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes a row.
    pub(super) fn push(&mut self, row: Row) -> Result<(), EncodeError> {
        for (column, cell) in self.columns.iter_mut().zip(row) {
            self.bytes += CELL + cell.bytes();
            column.push(cell)?;
        }
        self.rows += 1;
        Ok(())
    }

    /// Writes all rows into a group, and is empty again.
    pub(super) fn write<W: Write + Send>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        for column in &mut self.columns {
            let mut writer = group.next_column()?.ok_or_else(too_few)?;
            column.write(&mut writer)?;
            writer.close()?;
        }
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl Kept {
    fn push(&mut self, cell: Cell) -> Result<(), EncodeError> {
        match (&mut self.values, cell) {
            (_, Cell::None) => {
                self.levels.push(0);
                return Ok(());
            }
            (Values::Texts(values), Cell::Text(text) | Cell::Json(text)) => {
                values.push(text.into_bytes().into());
            }
            (Values::Integers(values), Cell::Integer(number)) => values.push(number),
            (Values::Integers(values), Cell::Moment(at)) => values.push(moment::micros(at)),
            (Values::Doubles(values), Cell::Double(number)) => values.push(number),
            (Values::Booleans(values), Cell::Boolean(yes)) => values.push(yes),
            _ => return Err(EncodeError::Kind(self.name.clone())),
        }
        self.levels.push(1);
        Ok(())
    }

    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = Some(self.levels.as_slice());
        match &mut self.values {
            Values::Texts(values) => {
                let column = writer.typed::<ByteArrayType>();
                column.write_batch(values, levels, None)?;
                values.clear();
            }
            Values::Integers(values) => {
                let column = writer.typed::<Int64Type>();
                column.write_batch(values, levels, None)?;
                values.clear();
            }
            Values::Doubles(values) => {
                let column = writer.typed::<DoubleType>();
                column.write_batch(values, levels, None)?;
                values.clear();
            }
            Values::Booleans(values) => {
                let column = writer.typed::<BoolType>();
                column.write_batch(values, levels, None)?;
                values.clear();
            }
        }
        self.levels.clear();
        Ok(())
    }
}

fn too_few() -> ParquetError {
    ParquetError::General("the schema has too few columns".into())
}
