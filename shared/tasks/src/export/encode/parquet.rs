//! Apache Parquet, by the library's own column writers and without Arrow.
//!
//! | column | type in the file |
//! |---|---|
//! | text | `BYTE_ARRAY`, `STRING` |
//! | JSON | `BYTE_ARRAY`, `JSON` |
//! | whole number | `INT64`, `INTEGER(64, signed)` |
//! | number | `DOUBLE` |
//! | yes or no | `BOOLEAN` |
//! | moment | `INT64`, `TIMESTAMP(MICROS, UTC)`, rounded down to the microsecond |
//!
//! Every column may be without a value. Rows are kept until a row group is full, since a group's
//! columns lie one after the other; groups are bounded by rows and by bytes.

mod buffer;

use std::sync::Arc;

use domain::export::{Column, ColumnKind, Row};
use parquet::basic::{
    Compression as Codec, GzipLevel, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use self::buffer::Buffer;
use super::super::format::Compression;
use super::{EncodeError, Encoder};

/// Most rows of a group. Readers skip whole groups by their statistics.
const GROUP_ROWS: usize = 65_536;
/// A group is full when its values take this many bytes in memory.
const GROUP_BYTES: usize = 16 * 1024 * 1024;

/// Writes Parquet.
pub(super) struct Parquet {
    writer: SerializedFileWriter<Vec<u8>>,
    buffer: Buffer,
}

impl Parquet {
    pub(super) fn new(columns: &[Column], compression: Compression) -> Result<Self, EncodeError> {
        let properties = WriterProperties::builder()
            .set_compression(codec(compression))
            .set_created_by("adology".into())
            .build();
        let writer = SerializedFileWriter::new(Vec::new(), schema(columns)?, Arc::new(properties));
        Ok(Self {
            writer: writer?,
            buffer: Buffer::new(columns),
        })
    }

    /// Writes the rows that are kept as a group.
    fn flush(&mut self) -> Result<(), EncodeError> {
        if self.buffer.rows() == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        self.buffer.write(&mut group)?;
        group.close()?;
        self.writer.flush()?;
        Ok(())
    }
}

impl Encoder for Parquet {
    fn write(&mut self, rows: Vec<Row>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        for row in rows {
            self.buffer.push(row)?;
            if self.buffer.rows() >= GROUP_ROWS || self.buffer.bytes() >= GROUP_BYTES {
                self.flush()?;
            }
        }
        // The writer counts what it has written by itself, so what is ready may go.
        out.append(self.writer.inner_mut());
        Ok(())
    }

    fn finish(mut self: Box<Self>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.flush()?;
        out.append(&mut self.writer.into_inner()?);
        Ok(())
    }
}

impl From<ParquetError> for EncodeError {
    fn from(error: ParquetError) -> Self {
        Self::Library(error.into())
    }
}

fn codec(compression: Compression) -> Codec {
    match compression {
        Compression::None => Codec::UNCOMPRESSED,
        Compression::Gzip => Codec::GZIP(GzipLevel::default()),
        Compression::Zstd => Codec::ZSTD(ZstdLevel::default()),
    }
}

fn schema(columns: &[Column]) -> Result<TypePtr, ParquetError> {
    let fields = columns.iter().map(|column| field(column).map(Arc::new));
    let fields = fields.collect::<Result<_, _>>()?;
    let schema = Type::group_type_builder("rows").with_fields(fields).build();
    schema.map(Arc::new)
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let (physical, logical) = match column.kind {
        ColumnKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        ColumnKind::Json => (Physical::BYTE_ARRAY, Some(LogicalType::Json)),
        ColumnKind::Integer => (Physical::INT64, Some(LogicalType::integer(64, true))),
        ColumnKind::Double => (Physical::DOUBLE, None),
        ColumnKind::Boolean => (Physical::BOOLEAN, None),
        ColumnKind::Moment => {
            let micros = LogicalType::timestamp(true, TimeUnit::MICROS);
            (Physical::INT64, Some(micros))
        }
    };
    Type::primitive_type_builder(&column.name, physical)
        .with_logical_type(logical)
        .with_repetition(Repetition::OPTIONAL)
        .build()
}
