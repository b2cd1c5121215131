//! What is kept of a batch that partly failed: the event of exactly the records that failed, scrubbed, and how each
//! of them ended. It is what `ops replay --from-capture` hands to a function again.

mod scrub;

pub use scrub::{InvalidRules, NAMES, SCRUBBED, Scrub};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What every capture's key begins with.
pub const FOLDER: &str = "captures";

/// How long captures are kept: the template's rule for their bucket.
pub const KEPT: time::Duration = time::Duration::days(14);

const DAY: StaticFormatDescription = format_description!("[year]/[month]/[day]");
const TIME: StaticFormatDescription =
    format_description!("[hour][minute][second].[subsecond digits:3]");

/// The failed records of one batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// The function that events of this queue go to, such as `worker`.
    pub function: String,
    /// Who handled it: that function, or the pool in its stead.
    pub by: String,
    /// When the batch had been handled.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Tells it from others of the same moment.
    pub id: Uuid,
    /// How many records the whole batch had.
    pub batch: usize,
    /// How each of the failed ones ended, in the order of the event.
    pub records: Vec<CapturedRecord>,
    /// The event of those records, scrubbed.
    pub event: Value,
}

/// How a captured record ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapturedRecord {
    /// The message.
    pub message_id: String,
    /// How it ended.
    pub end: CapturedEnd,
    /// The stable code of the reason, such as `unreadable_message`; that of the end where it has none.
    pub code: String,
    /// Why, for people; none where words could quote what was scrubbed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether the queue was to deliver it again.
    pub comes_back: bool,
}

/// The ways in which a record fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapturedEnd {
    /// It asked to be delivered again.
    Retry,
    /// Its handler gave it up.
    DeadLetter,
    /// It could not be read.
    Unreadable,
    /// Its handler panicked.
    Panicked,
    /// The time of the invocation was up.
    OutOfTime,
    /// It stood behind one that failed.
    Behind,
}

impl CapturedEnd {
    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::DeadLetter => "dead_letter",
            Self::Unreadable => "unreadable",
            Self::Panicked => "panicked",
            Self::OutOfTime => "out_of_time",
            Self::Behind => "behind",
        }
    }
}

impl Capture {
    /// Where it is kept: `captures/<function>/<yyyy>/<mm>/<dd>/<time>-<id>.json`, in UTC, so that the keys of a
    /// function sort by time.
    pub fn key(&self) -> String {
        let at = self.at.to_utc();
        // It fails for years of more than four digits only.
        let time = at.format(&TIME).unwrap_or_default();
        let id = self.id.simple().to_string();
        format!(
            "{}{time}-{}.json",
            folder(&self.function, at.date()),
            &id[..12]
        )
    }
}

/// What the keys of a function's captures of a day begin with.
pub fn folder(function: &str, day: Date) -> String {
    let day = day.format(&DAY).unwrap_or_default();
    format!("{FOLDER}/{function}/{day}/")
}

/// The code that a reason begins with, such as `no_words` of `no_words: There are no words.`
pub fn code_of(reason: &str) -> Option<&str> {
    let (code, _) = reason.split_once(": ")?;
    let plain =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    (!code.is_empty() && code.chars().all(plain)).then_some(code)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn keys_sort_by_time() {
        let at = |at| Capture {
            function: "worker".into(),
            by: "pool".into(),
            at,
            id: Uuid::from_u128(0x1234_5678_9abc_def0_1234_5678_9abc_def0),
            batch: 1,
            records: vec![],
            event: json!({"Records": []}),
        };
        let key = at(datetime!(2026-03-01 02:04:05.006 +1)).key();
        assert_eq!(
            key,
            "captures/worker/2026/03/01/010405.006-123456789abc.json"
        );
        assert!(key < at(datetime!(2026-03-01 01:04:05.007 UTC)).key());
        assert!(key.starts_with(&folder("worker", datetime!(2026-03-01 0:00 UTC).date())));
    }

    #[test]
    fn a_code_is_told_from_words() {
        assert_eq!(code_of("no_words: There are no words."), Some("no_words"));
        for other in [
            "There are no words",
            "Bad news: no words",
            ": x",
            "no_words",
        ] {
            assert_eq!(code_of(other), None, "{other}");
        }
    }
}
