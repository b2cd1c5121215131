//! Which columns hold the texts and their ids.

use super::Unreadable;

/// Names that mean a text or an id where the caller names no column.
const TEXT: &str = "text";
const ID: &str = "id";

/// The columns that the caller names.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    pub(super) text: Option<String>,
    pub(super) id: Option<String>,
}

/// Where the columns stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) text: usize,
    pub(super) id: Option<usize>,
}

impl Wanted {
    /// The field with the text.
    pub(super) fn text_name(&self) -> &str {
        self.text.as_deref().unwrap_or(TEXT)
    }

    /// The field with the id.
    pub(super) fn id_name(&self) -> &str {
        self.id.as_deref().unwrap_or(ID)
    }

    /// Finds the columns under their header.
    pub(super) fn among(&self, header: &[&str], line: u64) -> Result<Places, Unreadable> {
        let place = |name: &str| header.iter().position(|column| is(column, name));
        let unknown = |name: &str| {
            let columns: Vec<_> = header.iter().take(50).map(|column| column.trim()).collect();
            let columns = columns.join(", ");
            let message = format!("there is no column {name:?}; the file has: {columns}.");
            Unreadable::new("unknown_column", line, message)
        };
        let text = match &self.text {
            Some(name) => place(name).ok_or_else(|| unknown(name))?,
            None if header.len() == 1 => 0,
            None => place(TEXT).ok_or_else(|| {
                let unknown = unknown(TEXT);
                let message = format!(
                    "{} Name the one with the texts as text_column.",
                    unknown.message
                );
                Unreadable { message, ..unknown }
            })?,
        };
        let id = match &self.id {
            Some(name) => Some(place(name).ok_or_else(|| unknown(name))?),
            None => place(ID).filter(|place| *place != text),
        };
        Ok(Places { text, id })
    }
}

fn is(column: &str, name: &str) -> bool {
    column.trim().to_lowercase() == name.trim().to_lowercase()
}
