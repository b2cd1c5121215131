//! What log pages ask of the stored events.

use std::fmt;
use std::str::FromStr;

use time::OffsetDateTime;

use crate::Event;
use crate::event::What;

/// Which lines to list: newest first, in the order of their milliseconds, then of their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQuery {
    /// What counts as a line.
    pub lines: Lines,
    /// Only lines of this service.
    pub service: Option<String>,
    /// Only lines that hold this, in capitals or not: in the message of a log line, in the path of
    /// a request.
    pub text: Option<String>,
    /// Only lines at or after this moment.
    pub from: Option<OffsetDateTime>,
    /// Only lines before this moment.
    pub to: Option<OffsetDateTime>,
    /// Only lines after this place, in the order of the list: where the page before ended.
    pub after: Option<LogPlace>,
    /// At most this many.
    pub limit: usize,
}

/// What counts as a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lines {
    /// Log lines, of one level where it is given.
    Logs {
        /// In the writer's words, exactly.
        level: Option<String>,
    },
    /// Requests, as an access log has them.
    Requests {
        /// Which status they were answered with.
        status: Option<StatusFilter>,
    },
}

/// Which statuses are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusFilter {
    /// This one.
    Code(u16),
    /// Every one of a class: 5 for 500 to 599.
    Class(u16),
}

/// Text that is neither a status nor a class of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a status such as 404 or a class such as 5xx")]
pub struct NoStatus;

impl StatusFilter {
    /// The first and last status that are meant.
    pub fn range(self) -> (u16, u16) {
        match self {
            Self::Code(code) => (code, code),
            Self::Class(class) => (class * 100, class * 100 + 99),
        }
    }
}

impl FromStr for StatusFilter {
    type Err = NoStatus;

    fn from_str(text: &str) -> Result<Self, NoStatus> {
        if let Some(class) = text.strip_suffix("xx") {
            return match class {
                "1" | "2" | "3" | "4" | "5" => class.parse().map(Self::Class).map_err(|_| NoStatus),
                _ => Err(NoStatus),
            };
        }
        let code = text.parse().map_err(|_| NoStatus)?;
        (100..=599)
            .contains(&code)
            .then_some(Self::Code(code))
            .ok_or(NoStatus)
    }
}

/// A place in the list, between two lines; the end of a millisecond where the id is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogPlace {
    /// The milliseconds since 1970 of the line before it.
    pub at_ms: i64,
    /// That line's id.
    pub id: String,
}

impl LogPlace {
    /// The place behind a line.
    pub fn behind(event: &Event) -> Self {
        let ms = event.at.unix_timestamp_nanos().div_euclid(1_000_000);
        Self {
            // Years up to 9999 fit by far.
            at_ms: i64::try_from(ms).unwrap_or(i64::MAX),
            id: event.id.clone(),
        }
    }
}

/// Text that is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no place in a log")]
pub struct NoPlace;

impl fmt::Display for LogPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.at_ms, self.id)
    }
}

impl FromStr for LogPlace {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (at_ms, id) = text.split_once('/').ok_or(NoPlace)?;
        let at_ms = at_ms.parse().map_err(|_| NoPlace)?;
        let named = crate::text::is_plain(id, crate::ids::LONGEST);
        (named || id.is_empty())
            .then(|| Self {
                at_ms,
                id: id.to_owned(),
            })
            .ok_or(NoPlace)
    }
}

impl LogQuery {
    /// Whether an event is a line that is asked for, wherever the page starts.
    pub fn is_met_by(&self, event: &Event) -> bool {
        let kind = match (&self.lines, &event.what) {
            (Lines::Logs { level }, What::Log(log)) => {
                level.as_ref().is_none_or(|level| *level == log.level)
            }
            (Lines::Requests { status }, What::Request(request)) => status.is_none_or(|status| {
                let (first, last) = status.range();
                (first..=last).contains(&request.status)
            }),
            _ => false,
        };
        let (service, line) = match &event.what {
            What::Log(log) => (&log.service, &log.message),
            What::Request(request) => (&request.service, &request.path),
            What::Session(_) | What::User(_) => return false,
        };
        let holds = |text: &String| line.to_lowercase().contains(&text.to_lowercase());
        kind && self.service.as_ref().is_none_or(|name| name == service)
            && self.text.as_ref().is_none_or(holds)
            && self.from.is_none_or(|from| event.at >= from)
            && self.to.is_none_or(|to| event.at < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_and_their_classes() {
        for (text, range) in [
            ("404", (404, 404)),
            ("5xx", (500, 599)),
            ("1xx", (100, 199)),
        ] {
            assert_eq!(text.parse::<StatusFilter>().unwrap().range(), range);
        }
        for bad in [
            "", "xx", "6xx", "0xx", "5XX", "99", "600", "-1", "4.4", "44xx",
        ] {
            assert_eq!(bad.parse::<StatusFilter>(), Err(NoStatus), "{bad:?}");
        }
    }

    #[test]
    fn a_place_is_read_as_it_was_written() {
        for id in ["", "a", "a/b/c", "os-0001"] {
            let place = LogPlace {
                at_ms: -5,
                id: id.into(),
            };
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for bad in ["", "5", "/", "x/a", "5/a\n", "9999999999999999999999/a"] {
            assert_eq!(bad.parse::<LogPlace>(), Err(NoPlace), "{bad:?}");
        }
    }
}
