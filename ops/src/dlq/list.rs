//! How many letters there are, by queue, kind and reason.

use std::collections::BTreeSet;

use domain::dead_letters::{DeadQueue, Letter, grouped};
use domain::ports::PortError;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::filter::Filter;
use super::shown;
use super::triage::Triage;
use crate::moment;
use crate::table::{Cell, Look, Shown, Table};

/// Letters that have the same queue, kind and reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Whose dead letters.
    pub queue: DeadQueue,
    /// The kind of their tasks; `-` for none.
    pub kind: String,
    /// The reason's code.
    pub reason: String,
    /// How many.
    pub letters: usize,
    /// Of how many tenants.
    pub tenants: usize,
    /// When the oldest was put there.
    #[serde(with = "time::serde::rfc3339")]
    pub oldest: OffsetDateTime,
    /// When the newest was put there.
    #[serde(with = "time::serde::rfc3339")]
    pub newest: OffsetDateTime,
    /// The newest one's id, to look at.
    pub example: String,
    /// The newest one's reason, in words.
    pub message: String,
}

/// The letters of the queues.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// How many.
    pub letters: usize,
    /// Whether all were looked at.
    pub complete: bool,
    /// By queue, kind and reason; the largest first.
    pub groups: Vec<Group>,
    /// Every letter, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub each: Option<Vec<Value>>,
    /// When it was looked at: what ages count from.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// Looks at the letters that a filter means, at most so many of each queue.
pub async fn list(
    triage: &Triage,
    filter: &Filter,
    most: usize,
    each: bool,
) -> Result<Found, PortError> {
    let (letters, complete) = triage.all(filter, most).await?;
    let shown = each.then(|| letters.iter().map(shown::json).collect());
    Ok(Found {
        letters: letters.len(),
        complete,
        groups: groups(&letters),
        each: shown,
        at: triage.clock.now(),
    })
}

/// The letters by queue, kind and reason; the largest group first.
pub fn groups(letters: &[Letter]) -> Vec<Group> {
    let groups = grouped(letters, |letter| {
        (letter.queue, shown::kind(letter), letter.reason_code())
    });
    let groups = groups
        .into_iter()
        .filter_map(|((queue, kind, reason), of)| {
            let (oldest, newest) = (of.first()?, of.last()?);
            let tenants: BTreeSet<_> = of.iter().map(|letter| shown::tenant(letter)).collect();
            Some(Group {
                queue,
                kind: kind.into(),
                reason: reason.into(),
                letters: of.len(),
                tenants: tenants.len(),
                oldest: oldest.held.sent_at,
                newest: newest.held.sent_at,
                example: newest.held.id.clone(),
                message: newest.reason(),
            })
        });
    groups.collect()
}

impl Shown for Found {
    fn text(&self, look: Look) -> String {
        if self.letters == 0 {
            return "no dead letters".into();
        }
        let mut text = match &self.each {
            Some(each) => table_of_each(each).draw(look),
            None => self.table_of_groups().draw(look),
        };
        if !self.complete {
            text.push_str("\nThere are more; --most sets how many are looked at.");
        }
        text
    }
}

impl Found {
    fn table_of_groups(&self) -> Table {
        let head = [
            "queue", "kind", "reason", "letters", "tenants", "oldest", "newest", "example",
            "message",
        ];
        let mut table = Table::new(&head);
        for group in &self.groups {
            table.push([
                group.queue.to_string().into(),
                group.kind.as_str().into(),
                group.reason.as_str().into(),
                Cell::number(group.letters),
                Cell::number(group.tenants),
                Cell::number(moment::length(self.at - group.oldest)),
                Cell::number(moment::length(self.at - group.newest)),
                short(&group.example).into(),
                words(&group.message, &group.reason).into(),
            ]);
        }
        table
    }
}

fn table_of_each(each: &[Value]) -> Table {
    let columns = [
        "id",
        "queue",
        "kind",
        "reason",
        "tenant",
        "request_id",
        "sent_at",
    ];
    let mut table = Table::new(&columns);
    for letter in each {
        let text = |column: &str| Cell::from(letter[column].as_str().unwrap_or("-"));
        table.push(columns.map(text));
    }
    table
}

/// Enough of an id to tell a letter from thousands of others.
fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

/// A reason without its code, on one line.
fn words(message: &str, code: &str) -> String {
    let words = message.strip_prefix(code).unwrap_or(message);
    let words = words.trim_start_matches(':').split_whitespace();
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use domain::TenantId;
    use testkit::build::NOW;
    use time::Duration;

    use super::super::shown::samples::{letter, unreadable};
    use super::*;

    fn letters() -> Vec<Letter> {
        let mut other = letter();
        other.held.id = "0c5f9a31-e45f".into();
        other.held.sent_at = NOW - Duration::minutes(3);
        if let Ok(about) = &mut other.about {
            about.tenant = Some(TenantId::new("zenith").unwrap());
        }
        vec![letter(), unreadable(), other]
    }

    fn found(each: bool) -> Found {
        let letters = letters();
        let shown = each.then(|| letters.iter().map(shown::json).collect());
        Found {
            letters: letters.len(),
            complete: true,
            groups: groups(&letters),
            each: shown,
            at: NOW,
        }
    }

    #[test]
    fn groups_are_drawn_with_the_largest_first() {
        insta::assert_snapshot!(found(false).text(Look::PLAIN));
    }

    #[test]
    fn programs_get_the_same() {
        let mut found = serde_json::to_value(found(true)).unwrap();
        // Made anew each time.
        for place in [0, 2] {
            found["each"][place]["request_id"] = "(a task)".into();
        }
        insta::assert_json_snapshot!(found);
    }

    #[test]
    fn none_and_more_are_told() {
        let nothing = Found {
            letters: 0,
            groups: vec![],
            ..found(false)
        };
        assert_eq!(nothing.text(Look::PLAIN), "no dead letters");
        let more = Found {
            complete: false,
            ..found(false)
        };
        assert!(more.text(Look::PLAIN).contains("--most"));
    }
}
