//! Mends a letter's body and sends it on its way.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::Command;

use app::dead_letters::Sent;
use domain::dead_letters::Letter;
use domain::ports::PortError;
use serde_json::Value;

use super::find::{FindError, find};
use super::send::{Kept, send};
use super::triage::Triage;

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
    /// The editor cannot be started.
    #[error(
        "{editor} cannot be started: {cause}; $VISUAL or $EDITOR names another; nothing was sent"
    )]
    NoEditor {
        /// Which.
        editor: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The text is as it was.
    #[error("nothing was changed, so nothing was sent; `ops dlq redrive` sends a letter as it is")]
    Unchanged,
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
pub async fn replace(triage: &Triage, letter: &Letter, body: &str) -> Result<Sent, EditError> {
    check(letter, body, String::new())?;
    let sent = send(triage, letter.queue, body).await?;
    triage.remove(letter).await?;
    Ok(sent)
}

/// The same with a body from a file, or from the standard input for `-`.
pub async fn from_file(triage: &Triage, id: &str, file: &Path) -> Result<Sent, EditError> {
    let body = if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        text
    } else {
        std::fs::read_to_string(file)?
    };
    let letter = find(triage, id).await?;
    replace(triage, &letter, body.trim()).await
}

/// The same with a body from the person's editor. The letter is not held meanwhile: who edits for an
/// hour holds up nobody.
pub async fn by_editor(triage: &Triage, id: &str, editor: &str) -> Result<Sent, EditError> {
    let letter = find(triage, id).await?;
    triage.put_back().await;
    let file = std::env::temp_dir().join(format!("letter-{}.json", letter.held.id));
    let body = match edited(&letter, &file, editor) {
        Ok(body) => body,
        Err(error) => {
            // Where it is gone already there is nothing to remove.
            let _ = std::fs::remove_file(&file);
            return Err(error);
        }
    };
    check(
        &letter,
        &body,
        format!("; the text is kept in {}", file.display()),
    )?;
    let letter = find(triage, &letter.held.id).await?;
    let sent = replace(triage, &letter, &body).await?;
    std::fs::remove_file(&file)?;
    Ok(sent)
}

/// What the editor leaves of a letter, which nobody else on this machine can read meanwhile.
fn edited(letter: &Letter, file: &Path, editor: &str) -> Result<String, EditError> {
    let before = &letter.held.body;
    // What an earlier run has left, or somebody else has put there.
    let _ = std::fs::remove_file(file);
    let mut private = OpenOptions::new();
    private.write(true).create_new(true).mode(0o600);
    private.open(file)?.write_all(pretty(before).as_bytes())?;
    let (program, arguments) = words(editor);
    let ended = Command::new(program).args(arguments).arg(file).status();
    let ended = ended.map_err(|cause| EditError::NoEditor {
        editor: program.into(),
        cause,
    })?;
    if !ended.success() {
        return Err(EditError::Editor(editor.into()));
    }
    let body = compact(&std::fs::read_to_string(file)?);
    if body == compact(before) {
        return Err(EditError::Unchanged);
    }
    Ok(body)
}

fn check(letter: &Letter, body: &str, place: String) -> Result<(), EditError> {
    let read = wire::queue::about(letter.queue, body);
    read.map(drop).map_err(|problem| EditError::Invalid {
        queue: letter.queue.to_string(),
        problem: domain::causes(&problem),
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
