//! What became of the lines: counted, and told one by one where they were refused.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::ProgressBar;
use serde::Serialize;
use serde_json::json;

use crate::import::record::Problem;
use crate::upload::Origin;

/// Most problems that are shown on the screen.
const MOST_SHOWN: u64 = 20;

/// How many there were of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Lines or records read. Blank lines do not count.
    pub lines: u64,
    /// Events that were new and are stored.
    pub accepted: u64,
    /// Events that were known already and changed nothing.
    pub duplicates: u64,
    /// Lines that were refused.
    pub refused: u64,
}

/// Counts lines, and tells which were refused.
#[derive(Debug)]
pub struct Report {
    told: Mutex<Told>,
    progress: ProgressBar,
}

#[derive(Debug)]
struct Told {
    summary: Summary,
    /// JSON lines; without it problems are shown on the screen.
    file: Option<BufWriter<File>>,
}

impl Report {
    /// Nothing yet. Problems go to the file, or without one to the standard error.
    pub fn new(file: Option<File>, progress: ProgressBar) -> Self {
        let told = Told {
            summary: Summary::default(),
            file: file.map(BufWriter::new),
        };
        let told = Mutex::new(told);
        Self { told, progress }
    }

    /// A line was read.
    pub fn read(&self) {
        self.told().summary.lines += 1;
    }

    /// Events were sent.
    pub fn sent(&self, accepted: usize, duplicates: usize) {
        let mut told = self.told();
        told.summary.accepted += accepted as u64;
        told.summary.duplicates += duplicates as u64;
        let Summary {
            accepted,
            duplicates,
            ..
        } = told.summary;
        self.progress
            .set_message(format!("{accepted} accepted, {duplicates} known"));
    }

    /// A line was refused.
    pub fn refused(&self, origin: &Origin, problem: &Problem) -> io::Result<()> {
        let mut told = self.told();
        told.summary.refused += 1;
        let Origin { file, line } = origin;
        let Problem { code, message } = problem;
        if let Some(out) = &mut told.file {
            let problem = json!({"file": file, "line": line, "code": code, "message": message});
            return writeln!(out, "{problem}");
        }
        let text = match told.summary.refused {
            count if count < MOST_SHOWN => format!("{file}:{line}: {code}: {message}"),
            MOST_SHOWN => format!(
                "{file}:{line}: {code}: {message}\n(more are not shown; --errors FILE has them all)"
            ),
            _ => return Ok(()),
        };
        self.progress.suspend(|| writeln!(io::stderr(), "{text}"))
    }

    /// How many there were of what; the file is complete then.
    pub fn end(&self) -> io::Result<Summary> {
        let mut told = self.told();
        told.file.as_mut().map_or(Ok(()), Write::flush)?;
        self.progress.finish_and_clear();
        Ok(told.summary)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
