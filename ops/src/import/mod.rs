//! Files that become events: access logs, CSV, JSON lines.

pub mod access_log;
pub mod lines;
pub mod record;
pub mod source;
pub mod table;
pub mod text;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use clap::ValueEnum;
use indicatif::ProgressBar;

use crate::import::record::{Defaults, Record};
use crate::import::text::{EntryAs, TimeUnit};
use crate::upload::{Origin, Packer, Stopped};

/// A file's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Common or Combined Log Format; the time that the answer took may follow.
    AccessLog,
    /// A header that names the fields, then records.
    Csv,
    /// An event as JSON in each line.
    Jsonl,
}

/// The type of events that do not say theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EventType {
    /// Requests.
    Request,
    /// Log lines.
    Log,
    /// Starts and ends of sessions.
    Session,
}

/// How files are read.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The files, each with its format; `-` is the standard input.
    pub files: Vec<(String, Format)>,
    /// The type of events that do not say theirs.
    pub event_type: EventType,
    /// Which field a CSV column is, where its name does not say so.
    pub columns: BTreeMap<String, String>,
    /// The unit of the times in access logs.
    pub unit: TimeUnit,
    /// The service of events that do not name one.
    pub service: String,
    /// Part of each id that is made.
    pub source: String,
}

/// Why a file could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file, or something in it, is not readable.
    #[error("{file}")]
    Unreadable {
        /// The file.
        file: String,
        /// What happened.
        #[source]
        cause: io::Error,
    },
    /// Nobody sends any more; why, the sender says.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why an import does not even begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The name does not tell the format.
    #[error(
        "the format of {0:?} cannot be told by its name: give --format access-log, csv or jsonl"
    )]
    UnknownFormat(String),
    /// An access log has no sessions.
    #[error(
        "{0:?} is an access log, which becomes requests or log lines (--type request or log), not sessions"
    )]
    NoSessions(String),
}

impl Plan {
    /// Whether the files can become events of this type.
    pub fn check(&self) -> Result<(), PlanError> {
        let mut logs = self
            .files
            .iter()
            .filter(|(_, format)| *format == Format::AccessLog);
        match (self.event_type, logs.next()) {
            (EventType::Session, Some((file, _))) => Err(PlanError::NoSessions(file.clone())),
            _ => Ok(()),
        }
    }

    /// Reads all files into batches.
    pub fn run(&self, packer: &mut Packer, progress: &ProgressBar) -> Result<(), ImportError> {
        for (file, format) in &self.files {
            self.read(file, *format, packer, progress)?;
        }
        Ok(())
    }

    fn read(
        &self,
        file: &str,
        format: Format,
        packer: &mut Packer,
        progress: &ProgressBar,
    ) -> Result<(), ImportError> {
        let unreadable = |cause| ImportError::Unreadable {
            file: file.into(),
            cause,
        };
        let name: Arc<str> = if file == "-" { "(stdin)" } else { file }.into();
        let defaults = self.defaults();
        for record in self.records(file, format, progress).map_err(unreadable)? {
            let record = record.map_err(unreadable)?;
            let origin = Origin {
                file: Arc::clone(&name),
                line: record.line,
            };
            packer.put(origin, record.event(&defaults))?;
        }
        Ok(())
    }

    fn records(
        &self,
        file: &str,
        format: Format,
        progress: &ProgressBar,
    ) -> io::Result<Box<dyn Iterator<Item = io::Result<Record>>>> {
        let source = source::open(file, progress)?;
        Ok(match format {
            Format::AccessLog => {
                let entry_as = match self.event_type {
                    EventType::Log => EntryAs::Log,
                    EventType::Request | EventType::Session => EntryAs::Request(self.unit),
                };
                Box::new(text::access_log(source, entry_as))
            }
            Format::Csv => Box::new(table::Table::open(source, &self.columns)?),
            Format::Jsonl => Box::new(text::json_lines(source)),
        })
    }

    fn defaults(&self) -> Defaults {
        let event_type = match self.event_type {
            EventType::Request => "request",
            EventType::Log => "log",
            EventType::Session => "session",
        };
        Defaults {
            event_type: event_type.into(),
            service: self.service.clone(),
            source: self.source.clone(),
        }
    }
}

impl Format {
    /// The format that a file's name tells.
    pub fn of(file: &str) -> Result<Self, PlanError> {
        let name = file.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        // Rotated logs have numbers after their names.
        let name = name.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.');
        match name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("csv") => Ok(Self::Csv),
            Some("jsonl" | "ndjson") => Ok(Self::Jsonl),
            Some("log") => Ok(Self::AccessLog),
            _ => Err(PlanError::UnknownFormat(file.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_format() {
        for (name, format) in [
            ("access.log", Format::AccessLog),
            ("/var/log/nginx/access.log.12.gz", Format::AccessLog),
            ("events.JSONL", Format::Jsonl),
            ("2026.01/requests.csv.gz", Format::Csv),
        ] {
            assert_eq!(Format::of(name), Ok(format), "{name}");
        }
        for name in ["-", "access", "access.gz", "notes.txt"] {
            assert_eq!(Format::of(name), Err(PlanError::UnknownFormat(name.into())));
        }
    }
}
