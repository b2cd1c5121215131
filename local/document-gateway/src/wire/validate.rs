//! Checks a client's BSON to its last byte before the engine, which trusts its input, sees it.

use bson::raw::{RawBsonRef, RawDocument};

use super::WireError;

const MAX_DEPTH: usize = 180;

/// Walks every element of `document`.
pub(crate) fn document(document: &RawDocument) -> Result<(), WireError> {
    walk(document, 0)
}

fn walk(document: &RawDocument, depth: usize) -> Result<(), WireError> {
    if depth > MAX_DEPTH {
        return Err(WireError::TooDeep(MAX_DEPTH));
    }
    for element in document {
        let (_, value) = element?;
        match value {
            RawBsonRef::Document(inner) => walk(inner, depth + 1)?,
            RawBsonRef::Array(inner) => walk_array(inner, depth + 1)?,
            RawBsonRef::JavaScriptCodeWithScope(code) => walk(code.scope, depth + 1)?,
            _ => {}
        }
    }
    Ok(())
}

fn walk_array(array: &bson::raw::RawArray, depth: usize) -> Result<(), WireError> {
    // An array is a document whose keys nobody reads.
    walk(RawDocument::from_bytes(array.as_bytes())?, depth)
}

#[cfg(test)]
mod tests {
    use bson::{RawDocumentBuf, rawdoc};

    use super::*;

    fn nested(levels: usize) -> RawDocumentBuf {
        (0..levels).fold(rawdoc! {}, |inner, _| rawdoc! { "a": inner })
    }

    #[test]
    fn accepts_ordinary_documents() {
        document(&rawdoc! { "a": [1, { "b": "c" }], "d": { "e": null } }).unwrap();
        document(&nested(150)).unwrap();
    }

    #[test]
    fn refuses_depth_that_would_exhaust_a_stack() {
        assert!(matches!(document(&nested(400)), Err(WireError::TooDeep(_))));
    }

    #[test]
    fn refuses_a_string_that_overruns_its_document() {
        let mut bytes = rawdoc! { "a": "text" }.into_bytes();
        bytes[7] = 200;
        let broken = RawDocumentBuf::from_bytes(bytes).unwrap();
        assert!(matches!(document(&broken), Err(WireError::Bson(_))));
    }
}
