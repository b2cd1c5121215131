use std::io::Read;

use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;
use domain::export::{Cell, Column, ColumnKind, Row};
use proptest::prelude::*;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::*;

fn columns() -> Vec<Column> {
    vec![
        Column::new("text", ColumnKind::Text),
        Column::new("integer", ColumnKind::Integer),
        Column::new("double", ColumnKind::Double),
        Column::new("boolean", ColumnKind::Boolean),
        Column::new("moment", ColumnKind::Moment),
        Column::new("json", ColumnKind::Json),
    ]
}

fn or_none(cell: impl Strategy<Value = Cell>) -> impl Strategy<Value = Cell> {
    prop::option::weighted(0.8, cell).prop_map(|cell| cell.unwrap_or(Cell::None))
}

fn any_row() -> impl Strategy<Value = Row> {
    // 1970 to 9999, which is what gets in.
    let moment = (0..253_402_300_799_i64, 0..1_000_000_000_i64).prop_map(|(seconds, nanos)| {
        let moment = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        Cell::Moment(moment + time::Duration::nanoseconds(nanos))
    });
    let json =
        ("\\PC*", any::<i64>()).prop_map(|(text, n)| Cell::Json(json!({text: n}).to_string()));
    (
        or_none(any::<String>().prop_map(Cell::Text)),
        or_none(any::<i64>().prop_map(Cell::Integer)),
        or_none(prop::num::f64::NORMAL.prop_map(Cell::Double)),
        or_none(any::<bool>().prop_map(Cell::Boolean)),
        or_none(moment),
        or_none(json),
    )
        .prop_map(|(a, b, c, d, e, f)| vec![a, b, c, d, e, f])
}

fn any_compression() -> impl Strategy<Value = Compression> {
    let all = [Compression::None, Compression::Gzip, Compression::Zstd];
    prop::sample::select(all.to_vec())
}

fn written(format: Format, compression: Compression, batches: &[Vec<Row>]) -> Vec<u8> {
    let mut encoder = encoder(format, compression, &columns(), false).unwrap();
    let mut out = vec![];
    for batch in batches {
        encoder.write(batch.clone(), &mut out).unwrap();
    }
    encoder.finish(&mut out).unwrap();
    out
}

fn unpacked(compression: Compression, bytes: &[u8]) -> Vec<u8> {
    let mut plain = vec![];
    match compression {
        Compression::None => plain.extend(bytes),
        Compression::Gzip => {
            let mut decoder = flate2::read::MultiGzDecoder::new(bytes);
            decoder.read_to_end(&mut plain).unwrap();
        }
        Compression::Zstd => plain = zstd::decode_all(bytes).unwrap(),
    }
    plain
}

/// What a reader of text finds in a field.
fn as_text(cell: &Cell) -> String {
    match cell {
        Cell::None => String::new(),
        Cell::Text(text) | Cell::Json(text) => text.clone(),
        Cell::Integer(number) => number.to_string(),
        Cell::Double(number) => number.to_string(),
        Cell::Boolean(yes) => yes.to_string(),
        Cell::Moment(at) => moment::text(*at),
    }
}

fn as_json(row: &Row) -> Value {
    let fields = columns().into_iter().zip(row).filter_map(|(column, cell)| {
        let value = match cell {
            Cell::None => return None,
            Cell::Integer(number) => json!(number),
            Cell::Double(number) => json!(number),
            Cell::Boolean(yes) => json!(yes),
            Cell::Json(text) => serde_json::from_str(text).unwrap(),
            Cell::Text(_) | Cell::Moment(_) => json!(as_text(cell)),
        };
        Some((column.name, value))
    });
    Value::Object(fields.collect())
}

fn as_parquet(cell: &Cell) -> Field {
    match cell {
        Cell::None => Field::Null,
        Cell::Text(text) | Cell::Json(text) => Field::Str(text.clone()),
        Cell::Integer(number) => Field::Long(*number),
        Cell::Double(number) => Field::Double(*number),
        Cell::Boolean(yes) => Field::Bool(*yes),
        Cell::Moment(at) => Field::TimestampMicros(moment::micros(*at)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A reader of CSV finds every value, whatever it is.
    #[test]
    fn csv_comes_back(
        batches in prop::collection::vec(prop::collection::vec(any_row(), 0..8), 0..4),
        compression in any_compression(),
    ) {
        let bytes = unpacked(compression, &written(Format::Csv, compression, &batches));
        let mut reader = ::csv::Reader::from_reader(&bytes[..]);
        let names: Vec<_> = columns().into_iter().map(|column| column.name).collect();
        prop_assert!(reader.headers().unwrap().iter().eq(names.iter()));
        let read: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().map(String::from).collect())
            .collect();
        let rows = batches.iter().flatten();
        let expected: Vec<Vec<String>> = rows.map(|row| row.iter().map(as_text).collect()).collect();
        prop_assert_eq!(read, expected);
    }

    /// Every line is an object with the values that there are.
    #[test]
    fn json_lines_come_back(
        batches in prop::collection::vec(prop::collection::vec(any_row(), 0..8), 0..4),
        compression in any_compression(),
    ) {
        let bytes = unpacked(compression, &written(Format::Jsonl, compression, &batches));
        let text = String::from_utf8(bytes).unwrap();
        let read: Vec<Value> = text
            .split_terminator('\n')
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let expected: Vec<_> = batches.iter().flatten().map(as_json).collect();
        prop_assert_eq!(read, expected);
    }

    /// A reader of Parquet finds every value with its type, to the microsecond.
    #[test]
    fn parquet_comes_back(
        batches in prop::collection::vec(prop::collection::vec(any_row(), 0..8), 0..4),
        compression in any_compression(),
    ) {
        let bytes = written(Format::Parquet, compression, &batches);
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
        let read: Vec<Vec<Field>> = rows
            .map(|row| row.into_columns().into_iter().map(|(_, field)| field).collect())
            .collect();
        let rows = batches.iter().flatten();
        let expected: Vec<Vec<Field>> = rows.map(|row| row.iter().map(as_parquet).collect()).collect();
        prop_assert_eq!(read, expected);
    }

    /// Formulas are defused by one sign before them, and all else is left as it is.
    #[test]
    fn defusing_adds_one_sign_at_most(text in "[-=+@a\t]{0,3}\\PC{0,8}") {
        let columns = [Column::new("text", ColumnKind::Text)];
        let mut encoder = encoder(Format::Csv, Compression::None, &columns, true).unwrap();
        let mut out = vec![];
        encoder.write(vec![vec![Cell::Text(text.clone())]], &mut out).unwrap();
        encoder.finish(&mut out).unwrap();
        let mut reader = ::csv::Reader::from_reader(&out[..]);
        let read = reader.records().next().unwrap().unwrap()[0].to_owned();
        let first = read.chars().next();
        let defused = format!("'{text}");
        prop_assert!(read == text || read == defused);
        let signs = ['=', '+', '@', '-'];
        prop_assert!(!first.is_some_and(|c| signs.contains(&c)) || read.chars().count() == 1);
    }
}

#[test]
fn groups_are_bounded_by_rows_and_by_bytes() {
    let columns = [Column::new("text", ColumnKind::Text)];
    for (count, text, groups) in [(140_000, "x".to_owned(), 3), (3_000, "x".repeat(16_384), 3)] {
        let mut encoder = encoder(Format::Parquet, Compression::Zstd, &columns, true).unwrap();
        let mut out = vec![];
        for _ in 0..count / 500 {
            let row = vec![Cell::Text(text.clone())];
            encoder.write(vec![row; 500], &mut out).unwrap();
        }
        encoder.finish(&mut out).unwrap();
        let reader = SerializedFileReader::new(bytes::Bytes::from(out)).unwrap();
        assert_eq!(reader.metadata().file_metadata().num_rows(), count);
        assert_eq!(reader.num_row_groups(), groups);
    }
}
