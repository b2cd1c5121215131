//! Pauses, as they are printed.

use domain::Pause;
use serde::Serialize;
use time::OffsetDateTime;

use super::run::who;
use crate::moment;
use crate::table::{Cell, Look, Shown, Table, Tint};

/// What is paused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// By subject.
    pub pauses: Vec<One>,
    #[serde(skip)]
    now: OffsetDateTime,
}

/// One pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct One {
    /// Such as `kind:analyze`.
    pub subject: String,
    /// What submitters are told.
    pub reason: String,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// When it ends by itself, if it does.
    #[serde(with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
    /// Who decided, such as `operator:ada`.
    pub by: String,
    #[serde(skip)]
    who: String,
}

impl Held {
    /// These pauses, at this moment.
    pub fn new(pauses: &[Pause], now: OffsetDateTime) -> Self {
        let one = |pause: &Pause| One {
            subject: pause.subject.to_string(),
            reason: pause.reason.clone(),
            since: pause.since,
            until: pause.until,
            by: pause.by.to_string(),
            who: who(&pause.by),
        };
        Self {
            pauses: pauses.iter().map(one).collect(),
            now,
        }
    }
}

impl Shown for Held {
    fn text(&self, look: Look) -> String {
        if self.pauses.is_empty() {
            return "nothing is paused".into();
        }
        let mut table = Table::new(&["paused", "for", "until", "by", "reason"]);
        for pause in &self.pauses {
            let until = pause
                .until
                .map_or_else(|| "resumed".into(), moment::rfc3339);
            table.push([
                Cell::from(pause.subject.as_str()).tinted(Tint::Warning),
                Cell::number(moment::length(self.now - pause.since)),
                until.into(),
                pause.who.as_str().into(),
                pause.reason.as_str().into(),
            ]);
        }
        table.draw(look)
    }
}

#[cfg(test)]
mod tests {
    use testkit::build::{self, NOW};
    use time::Duration;

    use super::*;

    #[test]
    fn pauses_are_a_table() {
        let pauses = [
            Pause {
                until: Some(NOW + Duration::DAY),
                ..build::pause("kind:analyze", "guard:adology-dev-spend", NOW)
            },
            build::pause("tenant:acme", "operator:ada", NOW),
        ];
        let held = Held::new(&pauses, NOW + Duration::hours(3));
        insta::assert_snapshot!(held.text(Look::PLAIN));
        insta::assert_json_snapshot!(held);
        assert_eq!(Held::new(&[], NOW).text(Look::PLAIN), "nothing is paused");
    }
}
