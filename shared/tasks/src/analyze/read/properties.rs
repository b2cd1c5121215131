//! What holds for any bytes.

use proptest::prelude::*;

use super::*;

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"id,text\n".to_vec()),
        Just(b"{\"text\":\"a\"}\n".to_vec()),
        Just(b"\"".to_vec()),
        Just(b",".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\xff\xfe".to_vec()),
        Just(b"\xef\xbb\xbf".to_vec()),
        Just(b"\xc3".to_vec()),
        prop::collection::vec(any::<u8>(), 0..20),
        "[a-z ,;\"\t]{0,12}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn outcome(format: UploadFormat, bytes: &[u8], size: usize) -> Result<Read, Unreadable> {
    let mut reader = Reader::new(format, None, None);
    for chunk in bytes.chunks(size) {
        reader.push(chunk)?;
    }
    reader.finish()
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_however_they_are_cut(
        bytes in pieces(), format in prop::sample::select(&UploadFormat::ALL), size in 1_usize..40,
    ) {
        let whole = outcome(format, &bytes, bytes.len().max(1));
        prop_assert_eq!(outcome(format, &bytes, size), whole.clone());
        let lines = bytes.split(|byte| *byte == b'\n').count() as u64;
        match whole {
            Ok(read) => {
                let named = |document: &Document| !document.text.trim().is_empty() && !document.id.is_empty();
                prop_assert!(read.documents.iter().all(named));
            }
            Err(unreadable) => prop_assert!((1..=lines).contains(&unreadable.line)),
        }
    }

    #[test]
    fn what_is_written_by_the_rules_is_read_back(
        rows in prop::collection::vec(("[a-z0-9]{1,8}", "\\PC{0,20}(\n\\PC{0,20})?"), 0..20),
    ) {
        let row = |(id, said): &(String, String)| format!("{id},\"{}\"\n", said.replace('"', "\"\""));
        let text: String = ["id,text\n".to_owned()].into_iter().chain(rows.iter().map(row)).collect();
        let read = outcome(UploadFormat::Csv, text.as_bytes(), 7).unwrap();
        let expected: Vec<_> = rows
            .iter()
            .filter(|(_, said)| !said.trim().is_empty())
            .map(|(id, said)| (id.as_str(), said.trim()))
            .collect();
        let found: Vec<_> = read.documents.iter().map(|d| (d.id.as_str(), d.text.as_str())).collect();
        prop_assert_eq!(found, expected);
    }
}
