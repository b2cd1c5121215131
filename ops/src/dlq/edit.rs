//! Mends a letter's body and sends it on its way.

use std::io::{self, Read as _};
use std::path::Path;
use std::process::Command;

use domain::ports::PortError;
use serde_json::Value;

use super::find::{FindError, find};
use super::letter::{About, Letter};
use super::office::Office;
use super::send::{Kept, Sent, send};

/// Why a letter was not mended. It is where it was.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// It is not found, or somebody else dealt with it meanwhile.
    #[error(transparent)]
    Find(#[from] FindError),
    /// The new body cannot be had.
    #[error("the new body cannot be read: {0}")]
    Body(#[from] io::Error),
    /// The editor ended with an error.
    #[error("{0} did not end well; nothing was sent")]
    Editor(String),
    /// Nobody could read the new body.
    #[error("the new body is no message of the queue {queue}: {problem}{place}")]
    Invalid {
        /// The queue.
        queue: String,
        /// What is wrong with it.
        problem: String,
        /// Where an edited text is kept, so that its work is not lost.
        place: String,
    },
    /// It was not sent.
    #[error(transparent)]
    Kept(#[from] Kept),
    /// It was sent, but its letter is still there.
    #[error("the new message was sent, but the letter is still there: {}", domain::causes(.0))]
    NotRemoved(#[from] PortError),
}

/// Checks a body and sends it in a letter's stead, which is removed then.
///
/// # Errors
///
/// The letter is kept, unless the error says otherwise.
pub async fn replace(office: &Office, letter: &Letter, body: &str) -> Result<Sent, EditError> {
    check(letter, body, String::new())?;
    let sent = send(office, letter.queue, body).await?;
    office.destroy(letter).await?;
    Ok(sent)
}

/// The same with a body from a file, or from the standard input for `-`.
pub async fn from_file(office: &Office, id: &str, file: &Path) -> Result<Sent, EditError> {
    let body = if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        text
    } else {
        std::fs::read_to_string(file)?
    };
    let letter = find(office, id).await?;
    replace(office, &letter, body.trim()).await
}

/// The same with a body from the person's editor. The letter is not held meanwhile: who edits for an
/// hour holds up nobody.
pub async fn by_editor(office: &Office, id: &str, editor: &str) -> Result<Sent, EditError> {
    let letter = find(office, id).await?;
    office.give_back().await;
    let file = std::env::temp_dir().join(format!("letter-{}.json", letter.held.id));
    std::fs::write(&file, pretty(&letter.held.body))?;
    let (program, arguments) = words(editor);
    let edited = Command::new(program).args(arguments).arg(&file).status()?;
    if !edited.success() {
        return Err(EditError::Editor(editor.into()));
    }
    let body = std::fs::read_to_string(&file)?;
    let body = compact(&body);
    check(
        &letter,
        &body,
        format!("; the text is kept in {}", file.display()),
    )?;
    let letter = find(office, &letter.held.id).await?;
    let sent = replace(office, &letter, &body).await?;
    std::fs::remove_file(&file)?;
    Ok(sent)
}

fn check(letter: &Letter, body: &str, place: String) -> Result<(), EditError> {
    let read = About::read(letter.queue, body);
    read.map(drop).map_err(|problem| EditError::Invalid {
        queue: letter.queue.to_string(),
        problem,
        place,
    })
}

/// An editor with arguments, such as `code --wait`.
fn words(editor: &str) -> (&str, impl Iterator<Item = &str>) {
    let mut words = editor.split_whitespace();
    (words.next().unwrap_or("vi"), words)
}

fn pretty(body: &str) -> String {
    match serde_json::from_str::<Value>(body) {
        Ok(json) => format!("{json:#}\n"),
        Err(_) => body.to_owned(),
    }
}

fn compact(body: &str) -> String {
    match serde_json::from_str::<Value>(body) {
        Ok(json) => json.to_string(),
        Err(_) => body.trim().to_owned(),
    }
}
