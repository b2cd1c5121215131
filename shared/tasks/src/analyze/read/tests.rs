use super::*;

fn reader(format: UploadFormat) -> Reader {
    Reader::new(format, None, None)
}

fn read_by(mut reader: Reader, bytes: &[u8], size: usize) -> Result<Read, Unreadable> {
    for chunk in bytes.chunks(size) {
        reader.push(chunk)?;
    }
    reader.finish()
}

/// The same however the bytes are cut.
fn read(make: impl Fn() -> Reader, bytes: &[u8]) -> Result<Read, Unreadable> {
    let whole = read_by(make(), bytes, bytes.len().max(1));
    for size in [1, 2, 3, 7] {
        assert_eq!(read_by(make(), bytes, size), whole);
    }
    whole
}

fn documents(read: &Read) -> Vec<(&str, &str)> {
    let documents = read.documents.iter();
    documents
        .map(|document| (&*document.id, &*document.text))
        .collect()
}

fn csv(text: &str) -> Result<Read, Unreadable> {
    read(|| reader(UploadFormat::Csv), text.as_bytes())
}

fn refusal(read: Result<Read, Unreadable>) -> (&'static str, u64) {
    let unreadable = read.unwrap_err();
    (unreadable.code, unreadable.line)
}

#[test]
fn rows_have_their_text_and_id_by_name() {
    let read =
        csv("rating,Text,id\r\n5,\"Good, \"\"very\"\" good\",a\r\n\r\n1,\"Two\nlines\",b\n3, ,c\n")
            .unwrap();
    assert_eq!(
        documents(&read),
        [("a", "Good, \"very\" good"), ("b", "Two\nlines")]
    );
    assert_eq!((read.blank, read.mended_lines), (1, 0));
}

#[test]
fn the_caller_may_name_the_columns() {
    let make = || Reader::new(UploadFormat::Csv, Some("REVIEW ".into()), Some("no".into()));
    let found = read(make, b"no;review;text\n7;Good;x\n").unwrap();
    assert_eq!(documents(&found), [("7", "Good")]);
    let make = || Reader::new(UploadFormat::Csv, None, Some("no".into()));
    let refused = read(make, b"id,text\n1,Good\n").unwrap_err();
    assert_eq!((refused.code, refused.line), ("unknown_column", 1));
    assert_eq!(
        refused.message,
        "there is no column \"no\"; the file has: id, text."
    );
}

#[test]
fn what_is_not_named_is_found_or_asked_for() {
    assert_eq!(documents(&csv("review\nGood\n").unwrap()), [("2", "Good")]);
    assert_eq!(
        documents(&csv("a\ttext\n1\tGood\n").unwrap()),
        [("2", "Good")]
    );
    assert_eq!(refusal(csv("a,b\n1,Good\n")), ("unknown_column", 1));
}

#[test]
fn a_header_alone_or_nothing_is_an_empty_set() {
    for text in ["", "\n", "id,text", "id,text\r\n", "\u{feff}id,text\n\n"] {
        assert_eq!(csv(text).unwrap().documents, [], "{text:?}");
    }
}

#[test]
fn corrupt_rows_are_told_with_their_line() {
    for (text, code, line) in [
        ("id,text\n1,Good\n2\n", "csv_wrong_field_count", 3),
        ("id,text\n1,a,b\n", "csv_wrong_field_count", 2),
        (
            "id,text\n1,Good\n2,\"never closed\n3,Bad\n",
            "csv_open_quote",
            3,
        ),
        ("id,text\n1,\"", "csv_open_quote", 2),
        ("id,text\n1,Go\0od\n", "upload_not_text", 2),
    ] {
        assert_eq!(refusal(csv(text)), (code, line), "{text:?}");
    }
    let wide = "a,".repeat(2_000);
    assert_eq!(refusal(csv(&wide)), ("csv_too_many_columns", 1));
}

#[test]
fn a_document_of_ten_megabytes_is_refused_by_its_line() {
    let long = "x".repeat(10 * 1024 * 1024);
    for (format, text, line) in [
        (UploadFormat::Txt, format!("short\n{long}\n"), 2),
        (UploadFormat::Csv, format!("text\nshort\n{long}\n"), 3),
        (
            UploadFormat::Csv,
            format!("text\n\"{}\"\n", "long\n".repeat(2_000_000)),
            2,
        ),
        (UploadFormat::Jsonl, format!("\"{long}\""), 1),
    ] {
        let outcome = read_by(reader(format), text.as_bytes(), 65_536);
        assert_eq!(refusal(outcome), ("document_too_large", line));
    }
    let fits = "x".repeat(MOST_DOCUMENT);
    for (text, fine) in [(fits.clone(), true), (fits + "x", false)] {
        let outcome = read_by(reader(UploadFormat::Txt), text.as_bytes(), 65_536);
        assert_eq!(outcome.is_ok(), fine);
    }
}

#[test]
fn too_many_documents_and_too_much_text_are_refused() {
    let fits = "x\n".repeat(MOST_DOCUMENTS);
    let all = read_by(reader(UploadFormat::Txt), fits.as_bytes(), 65_536).unwrap();
    assert_eq!(all.documents.len(), MOST_DOCUMENTS);
    let outcome = read_by(reader(UploadFormat::Txt), (fits + "x").as_bytes(), 65_536);
    assert_eq!(refusal(outcome), ("too_many_documents", 100_001));
    let much = ("x".repeat(MOST_DOCUMENT) + "\n").repeat(513);
    let outcome = read_by(reader(UploadFormat::Txt), much.as_bytes(), 65_536);
    assert_eq!(refusal(outcome), ("too_much_text", 513));
}

#[test]
fn lines_of_json_are_objects_or_texts() {
    let text = "{\"id\":\"a\",\"text\":\"Good\"}\n\n{\"id\":7,\"text\":\"Bad\",\"more\":[]}\n\"Plain\"\r\n{\"text\":null}\n{\"text\":\"Last\"}";
    let read = read(|| reader(UploadFormat::Jsonl), text.as_bytes()).unwrap();
    let expected = [("a", "Good"), ("7", "Bad"), ("4", "Plain"), ("6", "Last")];
    assert_eq!(documents(&read), expected);
    assert_eq!(read.blank, 1);
}

#[test]
fn corrupt_json_is_told_with_its_line() {
    for (text, code) in [
        ("\"ok\"\n{\"text\":", "jsonl_malformed"),
        ("\"ok\"\n{\"text\":\"a\"} x", "jsonl_malformed"),
        ("\"ok\"\n{\"body\":\"a\"}", "jsonl_no_text"),
        ("\"ok\"\n{\"text\":7}", "jsonl_no_text"),
        ("\"ok\"\n[\"a\"]", "jsonl_no_text"),
    ] {
        let outcome = read(|| reader(UploadFormat::Jsonl), text.as_bytes());
        assert_eq!(refusal(outcome), (code, 2), "{text}");
    }
}

#[test]
fn encodings_may_be_mixed() {
    let mut bytes = "id,text\n1,caf\u{e9} \u{20ac}\n".as_bytes().to_vec();
    bytes.extend(b"2,caf\xe9 \x80 \x93quoted\x94\n3,plain\n");
    let read = read(|| reader(UploadFormat::Csv), &bytes).unwrap();
    let expected = [("1", "café €"), ("2", "café € “quoted”"), ("3", "plain")];
    assert_eq!(documents(&read), expected);
    assert_eq!((read.encoding, read.mended_lines), (Encoding::Utf8, 1));
}

#[test]
fn wide_characters_are_read_with_and_without_a_mark() {
    let text = "id,text\r\n1,caf\u{e9} \u{1f600}\r\n";
    let units: Vec<u16> = text.encode_utf16().collect();
    let low: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let high: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for (mark, bytes, encoding) in [
        (&b"\xff\xfe"[..], &low, Encoding::Utf16Le),
        (b"", &low, Encoding::Utf16Le),
        (b"\xfe\xff", &high, Encoding::Utf16Be),
        (b"", &high, Encoding::Utf16Be),
    ] {
        let bytes = [mark, bytes].concat();
        let read = read(|| reader(UploadFormat::Csv), &bytes).unwrap();
        assert_eq!(documents(&read), [("1", "café 😀")]);
        assert_eq!((read.encoding, read.mended_lines), (encoding, 0));
    }
    let mut broken = [&b"\xff\xfe"[..], &low].concat();
    // Half of a surrogate pair, then half of a unit.
    broken.extend([0x3d, 0xd8, 0x0a, 0x00, 0x41]);
    let read = read(|| reader(UploadFormat::Txt), &broken).unwrap();
    assert_eq!(read.mended_lines, 2);
}

#[test]
fn what_is_no_text_is_refused() {
    for bytes in [
        &b"PK\x03\x04\x14\x00\x00\x00"[..],
        b"\x1f\x8b\x08\x00\x00\x00",
        b"a\nb\0",
    ] {
        let outcome = read(|| reader(UploadFormat::Txt), bytes);
        assert_eq!(outcome.unwrap_err().code, "upload_not_text");
    }
}

#[test]
fn ids_are_cut_and_lines_stand_for_missing_ones() {
    let text = format!("id,text\n{},a\n,b\n", "é".repeat(40));
    let read = csv(&text).unwrap();
    assert_eq!(read.documents[0].id, "é".repeat(32));
    assert_eq!(read.documents[1].id, "3");
}
