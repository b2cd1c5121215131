//! What a caller may ask to have analysed.

use std::collections::BTreeSet;

use domain::kind::FieldError;
use domain::{UploadFormat, UploadId, Usd};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::language;
use super::provider::Provider;
use super::query::QueryInput;
use crate::{object, schema};

/// Most documents inline.
const MOST_DOCUMENTS: usize = 1_000;
/// Most bytes of UTF-8 in one inline document. Submission bounds the whole input as well.
const MOST_TEXT: usize = 16 * 1024;
/// Most bytes in a document's id.
const MOST_ID: usize = 64;
/// Most bytes in a column's name.
const MOST_COLUMN: usize = 128;

/// The input of an analysis: exactly one of `documents`, `upload_id` and `query` tells what to
/// analyse.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = one_source()))]
pub struct AnalyzeInput {
    /// 1 to 1,000 documents, in the order of the result.
    #[serde(default, deserialize_with = "object::objects_or_null")]
    #[schemars(length(min = 1, max = MOST_DOCUMENTS))]
    pub documents: Option<Vec<Document>>,
    /// The file with the documents, as `POST /uploads` named it.
    #[serde(default)]
    #[schemars(schema_with = "schema::uuid")]
    pub upload_id: Option<UploadId>,
    /// How the file is written; what it was uploaded as where not given.
    #[serde(default)]
    pub format: Option<UploadFormat>,
    /// The CSV column, or the JSON field, with the texts; `text` where not given, or a CSV file's
    /// only column.
    #[serde(default)]
    #[schemars(length(min = 1, max = MOST_COLUMN))]
    pub text_column: Option<String>,
    /// The CSV column, or the JSON field, with the texts' ids; `id` where there is one. Documents
    /// without an id are named after their lines.
    #[serde(default)]
    #[schemars(length(min = 1, max = MOST_COLUMN))]
    pub id_column: Option<String>,
    /// Which of the tenant's logs or events to read.
    #[serde(default, deserialize_with = "object::object_or_null")]
    pub query: Option<QueryInput>,
    /// The two-letter code of the language that the documents are probably in. It decides where a
    /// text is too short to tell.
    #[serde(default)]
    #[schemars(schema_with = "known_language")]
    pub language: Option<String>,
    /// Who analyses: `builtin` or `bedrock`; what the service is set to where not given.
    #[serde(default)]
    pub provider: Option<Provider>,
    /// What the task may spend on a model, in US dollars over all its attempts, within what the
    /// service allows.
    #[serde(default, deserialize_with = "dollars")]
    #[schemars(schema_with = "schema::dollars")]
    pub max_cost_usd: Option<Usd>,
}

/// The sources of which there is one.
const SOURCES: [&str; 3] = ["documents", "upload_id", "query"];

/// Exactly one of them is given. Null is not giving it.
fn one_source() -> Value {
    let given = SOURCES.map(
        |source| json!({"required": [source], "properties": {source: {"not": {"type": "null"}}}}),
    );
    given.to_vec().into()
}

/// The code of a language that can be told, or none.
fn known_language(_: &mut SchemaGenerator) -> Schema {
    let codes = language::codes().map(Some).chain([None]);
    let codes: Vec<_> = codes.collect();
    json_schema!({"type": ["string", "null"], "enum": codes})
}

/// A number of dollars in JSON.
fn dollars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Usd>, D::Error> {
    let number = Option::<serde_json::Number>::deserialize(deserializer)?;
    number
        .map(|number| number.to_string().parse())
        .transpose()
        .map_err(serde::de::Error::custom)
}

/// One text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The caller's name for it, unique within the task.
    #[schemars(length(min = 1, max = MOST_ID), regex(pattern = r"^[A-Za-z0-9._:-]+$"))]
    pub id: String,
    /// What it says.
    #[schemars(length(max = MOST_TEXT))]
    pub text: String,
}

impl AnalyzeInput {
    /// Checks what types cannot express, and names everything that is wrong.
    pub(super) fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = self.check_source();
        self.check_columns(&mut errors);
        if let Some(documents) = &self.documents {
            check_documents(documents, &mut errors);
        }
        if let Some(query) = &self.query {
            query.check(&mut errors);
        }
        if let Some(code) = &self.language
            && language::known(code).is_none()
        {
            let codes: Vec<_> = language::codes().collect();
            let message = format!("must be one of {}", codes.join(", "));
            errors.push(FieldError::new("language", message));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    fn check_source(&self) -> Vec<FieldError> {
        let given = [
            ("documents", self.documents.is_some()),
            ("upload_id", self.upload_id.is_some()),
            ("query", self.query.is_some()),
        ];
        let given: Vec<_> = given.iter().filter(|(_, given)| *given).collect();
        let message = "give exactly one of documents, upload_id and query";
        match given[..] {
            [_] => vec![],
            [] => vec![FieldError::new("", message)],
            [_, ref more @ ..] => {
                let errors = more
                    .iter()
                    .map(|(field, _)| FieldError::new(*field, message));
                errors.collect()
            }
        }
    }

    fn check_columns(&self, errors: &mut Vec<FieldError>) {
        let columns = [
            ("text_column", self.text_column.as_deref()),
            ("id_column", self.id_column.as_deref()),
            ("format", self.format.map(UploadFormat::content_type)),
        ];
        for (field, given) in columns {
            let Some(given) = given else { continue };
            if self.upload_id.is_none() {
                errors.push(FieldError::new(field, "goes with upload_id only"));
            } else if !domain::text::is_plain(given, MOST_COLUMN) {
                let message = format!("must be 1 to {MOST_COLUMN} bytes of text");
                errors.push(FieldError::new(field, message));
            }
        }
    }
}

fn check_documents(documents: &[Document], errors: &mut Vec<FieldError>) {
    if !(1..=MOST_DOCUMENTS).contains(&documents.len()) {
        let message = format!("must be 1 to {MOST_DOCUMENTS} documents");
        errors.push(FieldError::new("documents", message));
    }
    let mut seen = BTreeSet::new();
    for (n, document) in documents.iter().take(MOST_DOCUMENTS).enumerate() {
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
}

fn plain(id: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    (1..=MOST_ID).contains(&id.len()) && id.bytes().all(fine)
}
