use domain::export::{Cell, Column, ColumnKind, Row};
use time::macros::datetime;

use super::*;

fn written(format: Format, escape: bool, columns: &[Column], rows: Vec<Row>) -> String {
    let mut encoder = encoder(format, Compression::None, columns, escape).unwrap();
    let mut out = vec![];
    encoder.write(rows, &mut out).unwrap();
    encoder.finish(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn texts(escape: bool, texts: &[&str]) -> Vec<String> {
    let columns = [
        Column::new("n", ColumnKind::Integer),
        Column::new("t", ColumnKind::Text),
    ];
    let rows = texts
        .iter()
        .map(|text| vec![Cell::Integer(-1), Cell::Text((*text).into())]);
    let csv = written(Format::Csv, escape, &columns, rows.collect());
    let lines = csv.split_terminator("\r\n").skip(1);
    lines
        .map(|line| line.strip_prefix("-1,").unwrap().into())
        .collect()
}

#[test]
fn what_has_a_meaning_in_csv_is_quoted() {
    let given = ["plain", "a,b", "say \"so\"", "two\nlines", "ü €", " space "];
    let expected = [
        "plain",
        "\"a,b\"",
        "\"say \"\"so\"\"\"",
        "\"two\nlines\"",
        "ü €",
        " space ",
    ];
    assert_eq!(texts(true, &given), expected);
}

#[test]
fn formulas_are_defused_unless_a_program_reads_the_file() {
    let given = ["=1+1", "+49 30", "-2", "@SUM", "＝1", "\tx", "-", "a=b", ""];
    let expected = [
        "'=1+1", "'+49 30", "'-2", "'@SUM", "'＝1", "'\tx", "-", "a=b", "",
    ];
    assert_eq!(texts(true, &given), expected);
    assert_eq!(texts(false, &given), given);
}

#[test]
fn each_kind_has_its_form() {
    let columns: Vec<_> = [
        ColumnKind::Text,
        ColumnKind::Integer,
        ColumnKind::Double,
        ColumnKind::Boolean,
        ColumnKind::Moment,
        ColumnKind::Json,
    ]
    .into_iter()
    .zip(["t", "i", "d", "b", "m", "j"])
    .map(|(kind, name)| Column::new(name, kind))
    .collect();
    let row = vec![
        Cell::Text("x".into()),
        Cell::Integer(i64::MIN),
        Cell::Double(1.0),
        Cell::Boolean(true),
        Cell::Moment(datetime!(2026-01-01 1:00:00.000_000_001 +1)),
        Cell::Json("{\"a\":[1.50,null]}".into()),
    ];
    let nothing = vec![Cell::None; 6];
    let csv = "t,i,d,b,m,j\r\nx,-9223372036854775808,1,true,2026-01-01T00:00:00.000000001Z,\
               \"{\"\"a\"\":[1.50,null]}\"\r\n,,,,,\r\n";
    let rows = vec![row, nothing];
    assert_eq!(written(Format::Csv, true, &columns, rows.clone()), csv);
    let jsonl = "{\"t\":\"x\",\"i\":-9223372036854775808,\"d\":1.0,\"b\":true,\
                 \"m\":\"2026-01-01T00:00:00.000000001Z\",\"j\":{\"a\":[1.50,null]}}\n{}\n";
    assert_eq!(written(Format::Jsonl, true, &columns, rows), jsonl);
}

#[test]
fn a_cell_of_another_kind_is_a_defect_that_is_told() {
    let columns = [Column::new("n", ColumnKind::Integer)];
    let mut encoder = encoder(Format::Parquet, Compression::None, &columns, true).unwrap();
    let error = encoder.write(vec![vec![Cell::Text("1".into())]], &mut vec![]);
    let told = error.unwrap_err().to_string();
    assert_eq!(told, "a cell of the column n is not of its kind");
}
