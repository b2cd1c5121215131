//! The layout's version of documents, `v`. None has it yet: without one a document has layout 1.
//!
//! Whoever writes a layout that this release would misread writes a higher one, and is refused here
//! before a field is taken for something that it is not.

use bson::Document;

/// What is wrong with a document of a layout that this release does not know.
pub(super) const LATER: &str = "v (a later release's)";

/// Whether this release knows the document's layout.
pub(super) fn is_known(document: &Document) -> bool {
    document
        .get("v")
        .is_none_or(|v| v.as_i32() == Some(1) || v.as_i64() == Some(1))
}
