//! How captured messages ended now, beside how they ended then.

use std::collections::{BTreeMap, BTreeSet};

use domain::capture::{Capture, CapturedEnd, code_of};
use serde::Serialize;
use serde_json::Value;

use super::compare::Delivery;
use crate::table::{Cell, Look, Table, Tint};

/// What came of captured messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AsCaptured {
    /// The capture's key.
    pub key: String,
    /// One for each captured record.
    pub records: Vec<Compared>,
    /// Whether each that can be told failed as it did then.
    pub same: bool,
    /// Whether each is known to be handled now.
    pub fixed: bool,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Which.
    pub message_id: String,
    /// Why it failed then: a code.
    pub then: String,
    /// How it ended now: the code of its failure, `done`, or what is known of it.
    pub now: String,
    /// Whether that is the same; none where it cannot be told.
    pub same: Option<bool>,
}

/// What a function's answer and log say of a message.
enum Now<'a> {
    Failed(&'a str),
    Done,
    ComesBack,
    /// Without its log, a message that was put among the dead letters looks like one that is done.
    DoneOrDead,
    Unknown,
}

impl AsCaptured {
    /// Compares the delivery of the event as it is with its capture. `log` is what the program wrote meanwhile, where
    /// that is known.
    pub fn of(key: String, capture: &Capture, delivery: &Delivery, log: Option<&[String]>) -> Self {
        let ends = log.map(ends);
        let failed = delivery.failed();
        let compared = capture.records.iter().map(|record| {
            let now = now(&record.message_id, failed.as_ref(), ends.as_ref());
            let same = match now {
                Now::Failed(code) => Some(is_like(code, record.end, &record.code)),
                Now::Done => Some(false),
                Now::ComesBack => Some(record.comes_back),
                Now::DoneOrDead if record.comes_back => Some(false),
                Now::DoneOrDead | Now::Unknown => None,
            };
            let now = match now {
                Now::Failed(code) => code,
                Now::Done => "done",
                Now::ComesBack => "comes back",
                Now::DoneOrDead => "done or dead letter",
                Now::Unknown => "no answer",
            };
            Compared {
                message_id: record.message_id.clone(),
                then: record.code.clone(),
                now: now.to_owned(),
                same,
            }
        });
        let records: Vec<_> = compared.collect();
        Self {
            key,
            same: records.iter().all(|record| record.same != Some(false)),
            fixed: records.iter().all(|record| record.now == "done"),
            records,
        }
    }

    /// A table of the messages.
    pub fn text(&self, look: Look) -> String {
        let mut table = Table::new(&["captured message", "then", "now", "the same"]);
        for record in &self.records {
            let (same, tint) = match record.same {
                None => ("cannot be told", Tint::Faint),
                Some(true) => ("yes", Tint::Good),
                Some(false) => ("no", Tint::Warning),
            };
            table.push([
                record.message_id.as_str().into(),
                record.then.as_str().into(),
                record.now.as_str().into(),
                Cell::from(same).tinted(tint),
            ]);
        }
        table.draw(look)
    }
}

/// Where a reason has no code, the log does not tell an unreadable message from another dead letter.
fn is_like(code: &str, end: CapturedEnd, then: &str) -> bool {
    code == then
        || (code == CapturedEnd::DeadLetter.name()
            && then == CapturedEnd::Unreadable.name()
            && end == CapturedEnd::Unreadable)
}

fn now<'a>(
    id: &str,
    failed: Option<&BTreeSet<&str>>,
    ends: Option<&'a BTreeMap<String, String>>,
) -> Now<'a> {
    let Some(failed) = failed else {
        return Now::Unknown;
    };
    match (ends.map(|ends| ends.get(id)), failed.contains(id)) {
        (Some(Some(code)), _) => Now::Failed(code),
        (_, true) => Now::ComesBack,
        (Some(None), false) => Now::Done,
        (None, false) => Now::DoneOrDead,
    }
}

/// Why messages failed, by the notes of the invocation's line (`boot::BatchLine`).
fn ends(log: &[String]) -> BTreeMap<String, String> {
    let mut ends = BTreeMap::new();
    let lines = log
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    for note in lines.flat_map(|line| line["notes"].as_array().cloned().unwrap_or_default()) {
        let reason = note["reason"].as_str().unwrap_or_default();
        let code = match note["message"].as_str().unwrap_or_default() {
            "a dead letter" => code_of(reason).unwrap_or(CapturedEnd::DeadLetter.name()),
            "comes back" => CapturedEnd::Retry.name(),
            "panicked" => CapturedEnd::Panicked.name(),
            "not done in time" => CapturedEnd::OutOfTime.name(),
            "waits for one before it" => CapturedEnd::Behind.name(),
            _ => continue,
        };
        if let Some(id) = note["message.id"].as_str() {
            ends.insert(id.to_owned(), code.to_owned());
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::contract::captures::capture;
    use time::macros::datetime;

    use super::*;

    /// Then, `a` was a dead letter for `no_words`, and `b` panicked.
    fn compared(failed: &[&str], log: Option<Vec<Value>>) -> AsCaptured {
        let capture = capture("worker", datetime!(2026-03-01 12:00 UTC), 1);
        let failures = failed.iter().map(|id| json!({"itemIdentifier": id}));
        let delivery = Delivery {
            name: "as it is".into(),
            ms: 1,
            answer: Some(json!({"batchItemFailures": failures.collect::<Vec<_>>()})),
            error: None,
            killed: false,
        };
        let log = log.map(|notes| vec!["no JSON".to_owned(), json!({"notes": notes}).to_string()]);
        AsCaptured::of("key".into(), &capture, &delivery, log.as_deref())
    }

    fn buried(reason: &str) -> Value {
        json!({"message": "a dead letter", "message.id": "a", "reason": reason, "moved": true})
    }

    #[test]
    fn the_same_reasons_are_the_same() {
        let panicked = json!({"message": "panicked", "message.id": "b", "reason": "words"});
        let same = compared(&["b"], Some(vec![buried("no_words: Others."), panicked]));
        assert!(same.same && !same.fixed);
        insta::assert_snapshot!(same.text(Look::PLAIN));
    }

    #[test]
    fn another_reason_is_another_and_none_is_fixed() {
        let other = compared(&[], Some(vec![buried("too_long: It is.")]));
        assert_eq!((other.same, other.fixed), (false, false));
        assert_eq!(other.records[0].now, "too_long");
        let fixed = compared(&[], Some(vec![]));
        assert_eq!((fixed.same, fixed.fixed), (false, true));
    }

    #[test]
    fn without_a_log_only_what_comes_back_is_known() {
        let told = compared(&["b"], None);
        let known: Vec<_> = told
            .records
            .iter()
            .map(|one| (one.now.as_str(), one.same))
            .collect();
        assert_eq!(
            known,
            [("done or dead letter", None), ("comes back", Some(true))]
        );
        assert!(told.same && !told.fixed);
        assert!(!compared(&[], None).same);
    }
}
