//! What functions captured of messages that failed: listed, and found by what people know of them.

use std::collections::BTreeMap;

use domain::capture::{Capture, FOLDER, KEPT};
use domain::ports::{CaptureShelf, PortError};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use time::{Date, OffsetDateTime};

use super::args::FUNCTIONS;
use crate::moment;
use crate::table::{Cell, Look, Shown, Table};

/// Calls at once.
const AT_ONCE: usize = 16;

/// Keys that are searched for a part of one.
const SEARCHED: usize = 10_000;

/// A capture is not found.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// There is none at all.
    #[error(
        "nothing was captured within {} days; CaptureFailures of the stack turns it on (docs/ops-replay.md)",
        KEPT.whole_days()
    )]
    Nothing,
    /// None of that name.
    #[error(
        "no capture's key has {0:?} in it; `ops replay --from-capture --list` shows the newest"
    )]
    Unknown(String),
    /// There are several.
    #[error("{count} captures have {part:?} in their keys, such as {first}; give more of it")]
    Ambiguous {
        /// What was asked for.
        part: String,
        /// How many.
        count: usize,
        /// The newest.
        first: String,
    },
    /// The bucket does not answer, or not to these credentials.
    #[error(
        "captures cannot be read, which takes s3:ListBucket and s3:GetObject on the stack's CapturesBucket"
    )]
    Port(#[from] PortError),
}

/// The newest keys of a function, or of all of them, newest first.
///
/// # Errors
///
/// The bucket does not answer.
pub async fn newest(
    shelf: &dyn CaptureShelf,
    function: Option<&str>,
    today: Date,
    most: usize,
) -> Result<Vec<String>, PortError> {
    let functions: Vec<&str> = function.map_or(FUNCTIONS.to_vec(), |function| vec![function]);
    let mut keys = Vec::new();
    let mut day = Some(today);
    // Whoever captured something a moment ago may have been in the next day already.
    let mut left = KEPT.whole_days() + 1;
    while let Some(date) = day.filter(|_| left > 0 && keys.len() < most) {
        let lists = functions
            .iter()
            .map(|function| shelf.of_day(function, date));
        let lists: Vec<_> = stream::iter(lists).buffered(AT_ONCE).try_collect().await?;
        let mut of_day = lists.concat();
        of_day.sort_by(|one, other| file(other).cmp(file(one)));
        keys.extend(of_day);
        (day, left) = (date.previous_day(), left - 1);
    }
    keys.truncate(most);
    Ok(keys)
}

/// What sorts keys of a day by time.
fn file(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or_default()
}

/// The capture that is meant: by its key, a part of it, or `latest`.
///
/// # Errors
///
/// It is not the only one, or there is none.
pub async fn find(
    shelf: &dyn CaptureShelf,
    wanted: &str,
    function: Option<&str>,
    today: Date,
) -> Result<(String, Capture), CaptureError> {
    let key = if wanted
        .strip_prefix(FOLDER)
        .is_some_and(|rest| rest.starts_with('/'))
    {
        wanted.to_owned()
    } else if wanted == "latest" {
        let keys = newest(shelf, function, today, 1).await?;
        keys.into_iter().next().ok_or(CaptureError::Nothing)?
    } else {
        let keys = newest(shelf, function, today, SEARCHED).await?;
        let mut found = keys.into_iter().filter(|key| key.contains(wanted));
        let first = found.next();
        let first = first.ok_or_else(|| CaptureError::Unknown(wanted.into()))?;
        match found.count() {
            0 => first,
            more => {
                return Err(CaptureError::Ambiguous {
                    part: wanted.into(),
                    count: more + 1,
                    first,
                });
            }
        }
    };
    let capture = shelf.read(&key).await?;
    let capture = capture.ok_or_else(|| CaptureError::Unknown(wanted.into()))?;
    Ok((key, capture))
}

/// A list of captures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Newest first.
    pub captures: Vec<Line>,
    /// What ages count from.
    #[serde(skip)]
    pub now: OffsetDateTime,
}

/// A capture, in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its key.
    pub key: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The function.
    pub function: String,
    /// Who handled the batch.
    pub by: String,
    /// Records of the whole batch.
    pub batch: usize,
    /// How many failed for which reason.
    pub codes: BTreeMap<String, usize>,
}

/// Reads the newest captures.
///
/// # Errors
///
/// The bucket does not answer.
pub async fn list(
    shelf: &dyn CaptureShelf,
    function: Option<&str>,
    now: OffsetDateTime,
    most: usize,
) -> Result<Listed, PortError> {
    let keys = newest(shelf, function, now.to_utc().date(), most).await?;
    let read = keys.into_iter().map(|key| async {
        let capture = shelf.read(&key).await?;
        Ok::<_, PortError>(capture.map(|capture| line(key, &capture)))
    });
    let lines: Vec<_> = stream::iter(read).buffered(AT_ONCE).try_collect().await?;
    // What has expired since is none any more.
    let captures = lines.into_iter().flatten().collect();
    Ok(Listed { captures, now })
}

fn line(key: String, capture: &Capture) -> Line {
    let mut codes = BTreeMap::new();
    for record in &capture.records {
        *codes.entry(record.code.clone()).or_default() += 1;
    }
    Line {
        key,
        at: capture.at,
        function: capture.function.clone(),
        by: capture.by.clone(),
        batch: capture.batch,
        codes,
    }
}

impl Shown for Listed {
    fn text(&self, look: Look) -> String {
        if self.captures.is_empty() {
            return CaptureError::Nothing.to_string();
        }
        let mut table = Table::new(&["age", "function", "by", "failed", "of", "reasons", "key"]);
        for line in &self.captures {
            let failed: usize = line.codes.values().sum();
            let codes = line.codes.iter().map(|(code, count)| match count {
                1 => code.clone(),
                count => format!("{count} {code}"),
            });
            table.push([
                Cell::number(moment::length(self.now - line.at)),
                line.function.as_str().into(),
                line.by.as_str().into(),
                Cell::number(failed),
                Cell::number(line.batch),
                codes.collect::<Vec<_>>().join(", ").into(),
                line.key.as_str().into(),
            ]);
        }
        table.draw(look)
    }
}

#[cfg(test)]
mod tests {
    use domain::ports::Captures as _;
    use testkit::contract::captures::capture;
    use testkit::memory::{Fault, Faults, MemoryCaptures};
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-03-10 01:00 UTC);

    async fn shelf() -> (MemoryCaptures, Faults) {
        let faults = Faults::default();
        let shelf = MemoryCaptures::new(&faults);
        for (function, hours, id) in [
            ("worker", 1, 0xa1),
            ("pusher", 2, 0xb2),
            ("worker", 30, 0xa3),
            ("worker", 24 * 20, 0xa4),
        ] {
            let one = capture(function, NOW - Duration::hours(hours), id << 16);
            shelf.keep(&one).await.unwrap();
        }
        (shelf, faults)
    }

    async fn found(wanted: &str, function: Option<&str>) -> Result<String, String> {
        let (shelf, _) = shelf().await;
        let found = find(&shelf, wanted, function, NOW.date()).await;
        found.map(|(key, _)| key).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn the_newest_of_all_or_of_a_function_is_the_latest() {
        let worker = "captures/worker/2026/03/10/000000.000-0000000000a1.json";
        let pusher = "captures/pusher/2026/03/09/230000.000-0000000000b2.json";
        assert_eq!(found("latest", None).await.unwrap(), worker);
        assert_eq!(found("latest", Some("pusher")).await.unwrap(), pusher);
        assert_eq!(found("230000", None).await.unwrap(), pusher);
        assert_eq!(found(worker, Some("pusher")).await.unwrap(), worker);
    }

    #[tokio::test]
    async fn what_is_not_found_is_told_with_what_to_do() {
        let errors = [
            found("latest", Some("callback")).await.unwrap_err(),
            found("999999", None).await.unwrap_err(),
            found("captures/worker/2026/03/10/1.json", None)
                .await
                .unwrap_err(),
            found("worker", None).await.unwrap_err(),
        ];
        insta::assert_snapshot!(errors.join("\n"));
        let (shelf, faults) = shelf().await;
        faults.always("captures.of_day", Fault::Broken);
        let denied = find(&shelf, "latest", None, NOW.date()).await.unwrap_err();
        assert!(denied.to_string().contains("s3:ListBucket"), "{denied}");
    }

    #[tokio::test]
    async fn a_list_is_drawn_newest_first_as_far_as_captures_are_kept() {
        let (shelf, _) = shelf().await;
        let listed = list(&shelf, None, NOW, 20).await.unwrap();
        insta::assert_snapshot!(listed.text(Look::PLAIN));
        insta::assert_json_snapshot!(list(&shelf, None, NOW, 1).await.unwrap());
        let none = list(&shelf, Some("callback"), NOW, 20).await.unwrap();
        assert!(none.text(Look::PLAIN).contains("CaptureFailures"));
    }
}
