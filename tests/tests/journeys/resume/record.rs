//! What a client has put together.

use std::collections::BTreeMap;

use serde_json::Value;

/// The updates of each task, by version.
#[derive(Default)]
pub(super) struct Record(BTreeMap<String, BTreeMap<u64, Value>>);

/// What an update tells, in a frame and in a history alike.
const FIELDS: [&str; 6] = ["status", "phase", "progress", "attempt", "error", "at"];

fn told(update: &Value) -> Vec<&Value> {
    FIELDS.iter().map(|field| &update[field]).collect()
}

fn version(update: &Value) -> u64 {
    update["version"].as_u64().expect("a version")
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().expect("a text")
}

impl Record {
    /// Takes an update in. What came before of the same version said the same.
    pub(super) fn take(&mut self, frame: Value) {
        let versions = self
            .0
            .entry(text(&frame, "request_id").to_owned())
            .or_default();
        if let Some(before) = versions.get(&version(&frame)) {
            assert_eq!(told(before), told(&frame));
        }
        versions.insert(version(&frame), frame);
    }

    /// The version up to which nothing is missing. The first one is what the submission answers.
    pub(super) fn reached(&self, id: &str) -> u64 {
        let versions = self.0.get(id);
        let has = |version: &u64| versions.is_some_and(|versions| versions.contains_key(version));
        (2..=u64::MAX).take_while(has).last().unwrap_or(1)
    }

    /// Whether the end of a task is known.
    pub(super) fn has_ended(&self, id: &str) -> bool {
        self.0
            .get(id)
            .is_some_and(|versions| versions.values().any(is_end))
    }

    /// Whether the end of a task is known and everything before it.
    pub(super) fn is_complete(&self, id: &str) -> bool {
        let reached = self.reached(id);
        self.0
            .get(id)
            .and_then(|versions| versions.get(&reached))
            .is_some_and(is_end)
    }

    /// Every version of every task, with the same words, and the result.
    pub(super) fn assert_equals(&self, histories: &[Value]) {
        for task in histories {
            let seen = self.0.get(text(task, "request_id")).expect("it is known");
            for update in task["updates"].as_array().expect("a history") {
                if version(update) > 1 {
                    let frame = seen.get(&version(update));
                    let frame = frame.unwrap_or_else(|| panic!("{update} is missing"));
                    assert_eq!(told(frame), told(update));
                }
            }
            assert_result(seen, task);
        }
    }

    /// The end of every task, with the same words, and the result; and no word of what came before
    /// that is not in the history.
    pub(super) fn assert_tells_every_end_of(&self, histories: &[Value]) {
        for task in histories {
            let seen = self.0.get(text(task, "request_id")).expect("it is known");
            for update in task["updates"].as_array().expect("a history") {
                if let Some(frame) = seen.get(&version(update)) {
                    assert_eq!(told(frame), told(update));
                }
            }
            assert_result(seen, task);
        }
    }
}

fn is_end(frame: &Value) -> bool {
    frame["status"] != "processing"
}

fn assert_result(seen: &BTreeMap<u64, Value>, task: &Value) {
    let (last, frame) = seen.last_key_value().expect("an end");
    assert_eq!(*last, version(task), "{task}");
    assert_eq!(frame["result"], task["result"]);
}
