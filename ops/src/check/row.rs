//! What was looked at, and how it is.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::table::{Cell, Look, Shown, Table, Tint};

/// How something is; the worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It does not exist where this deployment runs, or cannot be known there; the figure says why.
    #[serde(rename = "n/a")]
    NotApplicable,
    /// As it should be.
    Ok,
    /// Worth a look today.
    Warn,
    /// Something does not work.
    Fail,
}

impl State {
    /// As people and programs read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotApplicable => "n/a",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    fn tint(self) -> Tint {
        match self {
            Self::NotApplicable => Tint::Faint,
            Self::Ok => Tint::Good,
            Self::Warn => Tint::Warning,
            Self::Fail => Tint::Bad,
        }
    }
}

/// From which figures on something is worth a look, and from which it does not work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The least figure that is worth a look.
    pub warn: f64,
    /// The least figure at which something does not work.
    pub fail: f64,
}

impl Bounds {
    /// How a figure is.
    pub fn judge(self, figure: f64) -> State {
        if figure >= self.fail {
            State::Fail
        } else if figure >= self.warn {
            State::Warn
        } else {
            State::Ok
        }
    }
}

/// One item of a checklist.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Which part of the system, such as `queues`.
    pub area: &'static str,
    /// What of it.
    pub item: String,
    /// How it is.
    pub state: State,
    /// What was found, in words.
    pub figure: String,
    /// What to do; empty where there is nothing to do.
    pub advice: String,
    /// The figures for programs; units are in their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<&'static str, f64>,
}

impl Row {
    /// An item, and how it is.
    pub fn new(
        area: &'static str,
        item: impl Into<String>,
        state: State,
        figure: impl Into<String>,
    ) -> Self {
        Self {
            area,
            item: item.into(),
            state,
            figure: figure.into(),
            advice: String::new(),
            values: BTreeMap::new(),
        }
    }

    /// An item that this deployment cannot have, and why.
    pub fn not_applicable(
        area: &'static str,
        item: impl Into<String>,
        why: impl Into<String>,
    ) -> Self {
        Self::new(area, item, State::NotApplicable, why)
    }

    /// An item that does not work.
    pub fn fail(area: &'static str, item: impl Into<String>, figure: impl Into<String>) -> Self {
        Self::new(area, item, State::Fail, figure)
    }

    /// Says what to do, unless all is well.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        if self.state >= State::Warn {
            self.advice = advice.into();
        }
        self
    }

    /// Adds a figure for programs.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: f64) -> Self {
        self.values.insert(name, value);
        self
    }
}

/// A whole checklist.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checklist {
    /// The worst state.
    pub state: State,
    /// The stack that was looked at.
    pub stack: String,
    /// How long that took, in milliseconds.
    pub took_ms: u64,
    /// Each item.
    pub rows: Vec<Row>,
}

impl Checklist {
    /// A checklist of these rows.
    pub fn new(stack: impl Into<String>, took_ms: u64, rows: Vec<Row>) -> Self {
        Self {
            state: rows
                .iter()
                .map(|row| row.state)
                .max()
                .unwrap_or(State::NotApplicable),
            stack: stack.into(),
            took_ms,
            rows,
        }
    }

    /// 0 where all is well, 1 where something is worth a look, 2 where something does not work.
    pub fn exit_code(&self) -> u8 {
        match self.state {
            State::NotApplicable | State::Ok => 0,
            State::Warn => 1,
            State::Fail => 2,
        }
    }

    fn count(&self, state: State) -> usize {
        self.rows.iter().filter(|row| row.state == state).count()
    }
}

impl Shown for Checklist {
    fn text(&self, look: Look) -> String {
        let mut table = Table::new(&["area", "item", "state", "figure", "what to do"]);
        for row in &self.rows {
            table.push([
                row.area.into(),
                row.item.as_str().into(),
                Cell::from(row.state.as_str()).tinted(row.state.tint()),
                row.figure.as_str().into(),
                row.advice.as_str().into(),
            ]);
        }
        let [ok, warn, fail, not] = [State::Ok, State::Warn, State::Fail, State::NotApplicable]
            .map(|state| self.count(state));
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let seconds = self.took_ms as f64 / 1_000.0;
        format!(
            "{}\n\n{}: {fail} fail, {warn} warn, {ok} ok, {not} n/a in {seconds:.1} s",
            table.draw(look),
            self.stack
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_belong_to_the_worse_side() {
        let bounds = Bounds {
            warn: 1.0,
            fail: 10.0,
        };
        let states = [0.9, 1.0, 9.9, 10.0].map(|figure| bounds.judge(figure));
        assert_eq!(states, [State::Ok, State::Warn, State::Warn, State::Fail]);
    }

    #[test]
    fn the_worst_row_decides() {
        let row = |state| Row::new("queues", "task", state, "");
        let code = |states: &[State]| {
            let rows = states.iter().map(|state| row(*state)).collect();
            Checklist::new("dev", 0, rows).exit_code()
        };
        assert_eq!(code(&[]), 0);
        assert_eq!(code(&[State::Ok, State::NotApplicable]), 0);
        assert_eq!(code(&[State::Warn, State::Ok]), 1);
        assert_eq!(code(&[State::Fail, State::Warn]), 2);
    }

    fn checklist() -> Checklist {
        let rows = vec![
            Row::new("api", "health", State::Ok, "12 ms").with("took_ms", 12.0),
            Row::not_applicable("api", "latency", "the emulator measures no HTTP API"),
            Row::new("queues", "dead work", State::Warn, "1 message")
                .advise("`ops dlq` shows it by its reason"),
            Row::fail(
                "postgres",
                "reachable",
                "127.0.0.1:5432 refuses connections",
            )
            .advise("start it, or correct DATABASE_URL"),
        ];
        Checklist::new("adology-dev", 1_234, rows)
    }

    #[test]
    fn people_get_a_table() {
        insta::assert_snapshot!("checklist_in_a_file", checklist().text(Look::PLAIN));
        let narrow = Look {
            width: Some(72),
            colour: false,
        };
        insta::assert_snapshot!("checklist_in_a_terminal", checklist().text(narrow));
    }

    #[test]
    fn programs_get_one_line() {
        let line = serde_json::to_string(&checklist()).unwrap();
        assert!(!line.contains('\n'));
        insta::assert_json_snapshot!("checklist", checklist());
    }

    #[test]
    fn advice_is_for_what_is_not_well() {
        let advised = |state| Row::new("queues", "task", state, "").advise("look").advice;
        assert_eq!(advised(State::Ok), "");
        assert_eq!(advised(State::Warn), "look");
    }
}
