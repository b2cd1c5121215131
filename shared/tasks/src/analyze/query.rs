//! A query over a tenant's logs or events, as a caller writes it.

use domain::kind::FieldError;
use domain::text::is_plain;
use domain::texts::{TextQuery, TextSource};
use schemars::JsonSchema;
use serde::Deserialize;
use time::OffsetDateTime;

use crate::schema;

/// Most texts of one query.
const MOST: usize = 50_000;
/// Texts where the caller sets no limit.
const USUAL: usize = 10_000;
/// Most bytes of all texts.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// Most bytes of a condition.
const LONGEST: usize = 256;

/// Which of the tenant's logs or events to analyse, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryInput {
    /// `logs` for log lines, `events` for events of every type.
    pub source: TextSource,
    /// The event's field that holds the text; `message` where not given. Events without text there
    /// are passed over.
    #[serde(default)]
    #[schemars(length(min = 1, max = LONGEST))]
    pub text_field: Option<String>,
    /// Only at or after this moment.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[schemars(schema_with = "schema::moment")]
    pub from: Option<OffsetDateTime>,
    /// Only before this moment.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[schemars(schema_with = "schema::moment")]
    pub to: Option<OffsetDateTime>,
    /// Only of this service.
    #[serde(default)]
    #[schemars(length(min = 1, max = LONGEST))]
    pub service: Option<String>,
    /// Only of this level.
    #[serde(default)]
    #[schemars(length(min = 1, max = LONGEST))]
    pub level: Option<String>,
    /// Only texts that hold this, in capitals or not.
    #[serde(default)]
    #[schemars(length(min = 1, max = LONGEST))]
    pub text: Option<String>,
    /// 1 to 50,000 texts, the newest; 10,000 where not given.
    #[serde(default = "usual")]
    #[schemars(range(min = 1, max = MOST))]
    pub limit: usize,
}

fn usual() -> usize {
    USUAL
}

impl QueryInput {
    /// Names what types cannot express.
    pub(super) fn check(&self, errors: &mut Vec<FieldError>) {
        let conditions = [
            ("text_field", &self.text_field),
            ("service", &self.service),
            ("level", &self.level),
            ("text", &self.text),
        ];
        for (field, condition) in conditions {
            if condition
                .as_ref()
                .is_some_and(|text| !is_plain(text, LONGEST))
            {
                let message = format!("must be 1 to {LONGEST} bytes of text");
                errors.push(FieldError::new(format!("query.{field}"), message));
            }
        }
        if matches!((self.from, self.to), (Some(from), Some(to)) if from >= to) {
            errors.push(FieldError::new("query.to", "must be later than from"));
        }
        if !(1..=MOST).contains(&self.limit) {
            errors.push(FieldError::new(
                "query.limit",
                format!("must be 1 to {MOST}"),
            ));
        }
    }

    /// The query that this asks for.
    pub(super) fn into_query(self) -> TextQuery {
        TextQuery {
            source: self.source,
            field: self.text_field.unwrap_or_else(|| "message".into()),
            from: self.from,
            to: self.to,
            service: self.service,
            level: self.level,
            contains: self.text,
            limit: self.limit,
            most_bytes: MOST_BYTES,
        }
    }
}
