//! JSON values, one in each line: objects with a field for the text, or the texts themselves.

use serde_json::Value;

use super::columns::Wanted;
use super::{Taken, Unreadable};

/// Takes the next line in.
pub(super) fn line(
    wanted: &Wanted,
    line: u64,
    text: &str,
    taken: &mut Taken,
) -> Result<(), Unreadable> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let column = error.column();
        let message = format!("it is not JSON, by character {column}.");
        Unreadable::new("jsonl_malformed", line, message)
    })?;
    match value {
        Value::String(text) => taken.take(line, None, &text),
        Value::Object(fields) => {
            let name = wanted.text_name();
            let text = match fields.get(name) {
                Some(Value::String(text)) => text,
                Some(Value::Null) => "",
                Some(_) => return Err(no_text(line, &format!("the field {name:?} is no text."))),
                None => return Err(no_text(line, &format!("there is no field {name:?}."))),
            };
            let id = match fields.get(wanted.id_name()) {
                Some(Value::String(id)) => Some(id.clone()),
                Some(Value::Number(id)) => Some(id.to_string()),
                _ => None,
            };
            taken.take(line, id.as_deref(), text)
        }
        _ => Err(no_text(line, "it is neither an object nor a text.")),
    }
}

fn no_text(line: u64, what: &str) -> Unreadable {
    let message =
        format!("{what} Each line is an object whose field text, or text_column, is a text.");
    Unreadable::new("jsonl_no_text", line, message)
}
