//! How far it is, on a terminal.

use std::fs;

use indicatif::{ProgressBar, ProgressStyle};

const KNOWN: &str = "{bar:30} {bytes}/{total_bytes} {elapsed} {msg}";
const UNKNOWN: &str = "{spinner} {bytes} {elapsed} {msg}";

/// A bar on the standard error where that is a terminal, and nothing elsewhere.
pub fn of_files<'a>(files: impl IntoIterator<Item = &'a str>) -> ProgressBar {
    let sizes = files
        .into_iter()
        .map(|file| fs::metadata(file).map(|data| data.len()).ok());
    // None of the standard input, which then hides the others': a bar that is full too early would be wrong.
    let total: Option<u64> = sizes.sum();
    let (bar, style) = match total {
        Some(total) => (ProgressBar::new(total), KNOWN),
        None => (ProgressBar::new_spinner(), UNKNOWN),
    };
    bar.with_style(
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
}

/// The same for so many events that are made up.
pub fn of_events() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {elapsed} {msg}");
    ProgressBar::new_spinner()
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}
