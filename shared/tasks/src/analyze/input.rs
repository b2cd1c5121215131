//! What a caller may ask to have analysed.

use std::collections::BTreeSet;

use domain::kind::FieldError;
use serde::Deserialize;

use super::language;

/// Most documents in one task.
pub(super) const MOST_DOCUMENTS: usize = 1_000;
/// Most bytes of UTF-8 in one document. Submission bounds the whole input as well.
pub(super) const MOST_TEXT: usize = 16 * 1024;
/// Most bytes in a document's id.
const MOST_ID: usize = 64;

/// The input of an analysis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalyzeInput {
    /// The documents, in the order of the result.
    pub documents: Vec<Document>,
    /// The two-letter code of the language that the documents are probably in. It decides where a
    /// text is too short to tell.
    #[serde(default)]
    pub language: Option<String>,
}

/// One text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The caller's name for it, unique within the task.
    pub id: String,
    /// What it says.
    pub text: String,
}

impl AnalyzeInput {
    /// Checks what types cannot express, and names everything that is wrong.
    pub(super) fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        if !(1..=MOST_DOCUMENTS).contains(&self.documents.len()) {
            let message = format!("must be 1 to {MOST_DOCUMENTS} documents");
            errors.push(FieldError::new("documents", message));
        }
        if let Some(code) = &self.language
            && language::known(code).is_none()
        {
            let codes: Vec<_> = language::codes().collect();
            let message = format!("must be one of {}", codes.join(", "));
            errors.push(FieldError::new("language", message));
        }
        let mut seen = BTreeSet::new();
        for (n, document) in self.documents.iter().take(MOST_DOCUMENTS).enumerate() {
            if !plain(&document.id) {
                let message = format!("must be 1 to {MOST_ID} of A-Z a-z 0-9 . _ : -");
                errors.push(FieldError::new(format!("documents[{n}].id"), message));
            } else if !seen.insert(document.id.as_str()) {
                let message = "another document has it already";
                errors.push(FieldError::new(format!("documents[{n}].id"), message));
            }
            if document.text.len() > MOST_TEXT {
                let message = format!("must be at most {MOST_TEXT} bytes");
                errors.push(FieldError::new(format!("documents[{n}].text"), message));
            }
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

fn plain(id: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    (1..=MOST_ID).contains(&id.len()) && id.bytes().all(fine)
}
