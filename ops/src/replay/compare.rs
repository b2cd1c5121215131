//! What came of each delivery, beside the first.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::as_captured::AsCaptured;
use crate::table::{Cell, Look, Shown, Table, Tint};

/// What came of one delivery.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delivery {
    /// Which.
    pub name: String,
    /// How long it took, in milliseconds.
    pub ms: u128,
    /// What the function answered; none where it did not.
    pub answer: Option<Value>,
    /// Why there is no answer.
    pub error: Option<String>,
    /// Whether a missing answer was meant: the program was killed.
    pub killed: bool,
}

impl Delivery {
    /// The messages that are to come back, of a batch; none where the answer is that of no batch.
    pub(super) fn failed(&self) -> Option<BTreeSet<&str>> {
        let failures = self.answer.as_ref()?["batchItemFailures"].as_array()?;
        let ids = failures
            .iter()
            .filter_map(|failure| failure["itemIdentifier"].as_str());
        Some(ids.collect())
    }

    /// Whether it came to the same: the same messages failed, or the same answer.
    fn is_like(&self, other: &Self) -> bool {
        match (self.failed(), other.failed()) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => self.answer == other.answer && self.error == other.error,
        }
    }
}

/// What came of all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Replayed {
    /// The function.
    pub function: String,
    /// Records of the event; none where it is no batch.
    pub records: Option<usize>,
    /// In order; the first is the event as it is.
    pub deliveries: Vec<Delivery>,
    /// Whether each came to the same as the first, those aside whose program was killed.
    pub same: bool,
    /// How captured messages ended, beside how they did then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captured: Option<AsCaptured>,
    /// Whether captured messages are not to fail any more.
    #[serde(skip)]
    pub to_be_fixed: bool,
    /// What the program wrote, newest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<String>,
}

impl Replayed {
    /// Puts them together.
    pub fn new(
        function: String,
        records: Option<usize>,
        deliveries: Vec<Delivery>,
        log: Vec<String>,
    ) -> Self {
        let first = deliveries.first();
        let like = |delivery: &Delivery| {
            delivery.killed || first.is_none_or(|first| delivery.is_like(first))
        };
        let same = deliveries.iter().all(like);
        Self {
            function,
            records,
            deliveries,
            same,
            captured: None,
            to_be_fixed: false,
            log,
        }
    }

    /// The same beside a capture, whose messages are to fail as they did, or not any more.
    #[must_use]
    pub fn beside(self, captured: Option<AsCaptured>, to_be_fixed: bool) -> Self {
        Self {
            captured,
            to_be_fixed,
            ..self
        }
    }

    /// Whether the function answered each time, and to the same; and whether captured messages ended as they were to.
    pub fn is_well(&self) -> bool {
        let answered = |delivery: &Delivery| delivery.killed || delivery.answer.is_some();
        let as_meant = |captured: &AsCaptured| {
            if self.to_be_fixed {
                captured.fixed
            } else {
                captured.same
            }
        };
        self.same
            && self.deliveries.iter().all(answered)
            && self.captured.as_ref().is_none_or(as_meant)
    }
}

impl Shown for Replayed {
    fn text(&self, look: Look) -> String {
        let mut table = Table::new(&["delivery", "ms", "came to", "like the first"]);
        for (place, delivery) in self.deliveries.iter().enumerate() {
            let like = place > 0 && !delivery.killed;
            let like = like.then(|| delivery.is_like(&self.deliveries[0]));
            let (like, tint) = match like {
                None => ("", Tint::Plain),
                Some(true) => ("yes", Tint::Good),
                Some(false) => ("no", Tint::Bad),
            };
            table.push([
                delivery.name.as_str().into(),
                Cell::number(delivery.ms),
                came_to(delivery, self.records).into(),
                Cell::from(like).tinted(tint),
            ]);
        }
        let mut text = table.draw(look);
        if let Some(captured) = &self.captured {
            text = format!("{text}\n\n{}", captured.text(look));
        }
        for line in &self.log {
            text.push_str("\n| ");
            text.push_str(line);
        }
        text
    }
}

fn came_to(delivery: &Delivery, records: Option<usize>) -> String {
    if let Some(error) = &delivery.error {
        return error.clone();
    }
    match (delivery.failed(), records) {
        (Some(failed), Some(records)) if failed.is_empty() => format!("{records} records done"),
        (Some(failed), Some(records)) => {
            let ids: Vec<_> = failed.iter().copied().collect();
            format!(
                "{} of {records} records come back: {}",
                ids.len(),
                ids.join(", ")
            )
        }
        _ => {
            let text = delivery
                .answer
                .as_ref()
                .map(Value::to_string)
                .unwrap_or_default();
            let cut: String = text.chars().take(120).collect();
            if cut.len() < text.len() {
                format!("{cut}...")
            } else {
                text
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn delivery(name: &str, failed: &[&str]) -> Delivery {
        let failures = failed.iter().map(|id| json!({"itemIdentifier": id}));
        Delivery {
            name: name.into(),
            ms: 12,
            answer: Some(json!({"batchItemFailures": failures.collect::<Vec<_>>()})),
            error: None,
            killed: false,
        }
    }

    fn replayed(deliveries: Vec<Delivery>) -> Replayed {
        Replayed::new("worker".into(), Some(3), deliveries, vec![])
    }

    #[test]
    fn the_order_of_failures_is_no_difference() {
        let same = replayed(vec![
            delivery("as it is", &["a", "b"]),
            delivery("shuffled", &["b", "a"]),
        ]);
        assert!(same.is_well());
        let other = replayed(vec![delivery("as it is", &["a"]), delivery("again", &[])]);
        assert!(!other.same && !other.is_well());
    }

    #[test]
    fn who_was_killed_owes_no_answer() {
        let killed = Delivery {
            answer: None,
            error: Some("the process died".into()),
            killed: true,
            ..delivery("killed", &[])
        };
        let all = replayed(vec![
            delivery("as it is", &[]),
            killed.clone(),
            delivery("after that", &[]),
        ]);
        assert!(all.is_well());
        insta::assert_snapshot!(all.text(Look::PLAIN));
        let died = Delivery {
            killed: false,
            ..killed
        };
        assert!(!replayed(vec![died]).is_well());
    }
}
