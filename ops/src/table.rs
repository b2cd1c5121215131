//! What a command has found: a table for people, one line of JSON for programs.
//!
//! A command collects its findings in a type that can be serialized and drawn ([`Shown`]), and [`show`]s it. With
//! `--json` that is one line with an object, so that fields can join it; lists are inside, under a name.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use comfy_table::{Attribute, CellAlignment, Color, ContentArrangement, presets};
use serde::Serialize;

/// How wide text may be, and whether colours are welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal; none where lines may be of any length, such as in a file.
    pub width: Option<u16>,
    /// Whether states are told by colours too.
    pub colour: bool,
}

impl Look {
    /// Lines of any length, without colours.
    pub const PLAIN: Self = Self {
        width: None,
        colour: false,
    };

    /// What the standard output takes. `NO_COLOR` in the environment means none (<https://no-color.org>).
    pub fn of_stdout() -> Self {
        if !io::stdout().is_terminal() {
            return Self::PLAIN;
        }
        Self {
            width: comfy_table::Table::new().width(),
            colour: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}

/// What a command has found.
pub trait Shown: Serialize {
    /// For people, without a line break at its end.
    fn text(&self, look: Look) -> String;
}

/// Writes it to the standard output: as one line of JSON, or as text. A reader that has gone, such as
/// `head`, has read enough.
///
/// # Errors
///
/// It cannot be written.
pub fn show<T: Shown>(found: &T, json: bool) -> io::Result<()> {
    let text = if json {
        serde_json::to_string(found)?
    } else {
        found.text(Look::of_stdout())
    };
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// What a colour says beside the words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tint {
    /// Nothing.
    #[default]
    Plain,
    /// All is well.
    Good,
    /// Worth a look.
    Warning,
    /// Something is wrong.
    Bad,
    /// Of less interest.
    Faint,
}

/// A cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    text: String,
    tint: Tint,
    right: bool,
}

impl Cell {
    /// A number, which ends where those above and below it end.
    pub fn number(number: impl Display) -> Self {
        Self {
            text: number.to_string(),
            tint: Tint::Plain,
            right: true,
        }
    }

    /// The same cell in a colour.
    #[must_use]
    pub fn tinted(self, tint: Tint) -> Self {
        Self { tint, ..self }
    }

    fn drawn(&self) -> comfy_table::Cell {
        let cell = comfy_table::Cell::new(&self.text);
        let cell = match self.tint {
            Tint::Plain => cell,
            Tint::Good => cell.fg(Color::Green),
            Tint::Warning => cell.fg(Color::Yellow).add_attribute(Attribute::Bold),
            Tint::Bad => cell.fg(Color::Red).add_attribute(Attribute::Bold),
            Tint::Faint => cell.add_attribute(Attribute::Dim),
        };
        if self.right {
            cell.set_alignment(CellAlignment::Right)
        } else {
            cell
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }
}

/// Rows under a head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// No row yet.
    pub fn new(head: &[&str]) -> Self {
        Self {
            head: head.iter().map(|title| title.to_uppercase()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, a cell for each column.
    pub fn push(&mut self, row: impl IntoIterator<Item = Cell>) {
        self.rows.push(row.into_iter().collect());
    }

    /// Draws it without borders: what is in a column can be copied, and lines can be searched.
    pub fn draw(&self, look: Look) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        if look.colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        if let Some(width) = look.width {
            table
                .set_width(width)
                .set_content_arrangement(ContentArrangement::Dynamic);
        }
        let head = self
            .head
            .iter()
            .map(|title| Cell::from(title.as_str()).tinted(Tint::Faint).drawn());
        table.set_header(head);
        for row in &self.rows {
            table.add_row(row.iter().map(Cell::drawn));
        }
        // Nothing begins at the edge of the screen and no line ends in spaces.
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        let lines: Vec<_> = table
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queues() -> Table {
        let mut table = Table::new(&["queue", "waiting", "state", "what to do"]);
        table.push([
            "task".into(),
            Cell::number(12),
            Cell::from("ok").tinted(Tint::Good),
            "".into(),
        ]);
        table.push([
            "callbacks".into(),
            Cell::number(1_000),
            Cell::from("fail").tinted(Tint::Bad),
            "look at the dead letters, and at what the receivers answer".into(),
        ]);
        table
    }

    #[test]
    fn a_file_gets_whole_lines() {
        insta::assert_snapshot!(queues().draw(Look::PLAIN), @r"
        QUEUE      WAITING  STATE  WHAT TO DO
        task            12  ok
        callbacks     1000  fail   look at the dead letters, and at what the receivers answer
        ");
    }

    #[test]
    fn a_terminal_gets_what_it_has_room_for() {
        let look = Look {
            width: Some(50),
            colour: false,
        };
        let text = queues().draw(look);
        assert!(
            text.lines().all(|line| line.chars().count() <= 50),
            "{text}"
        );
        insta::assert_snapshot!(text, @r"
        QUEUE      WAITING  STATE  WHAT TO DO
        task            12  ok
        callbacks     1000  fail   look at the dead
                                   letters, and at what
                                   the receivers answer
        ");
    }

    #[test]
    fn colours_are_for_terminals_alone() {
        let coloured = Look {
            width: None,
            colour: true,
        };
        assert!(queues().draw(coloured).contains("\u{1b}["));
        assert!(!queues().draw(Look::PLAIN).contains('\u{1b}'));
    }
}
