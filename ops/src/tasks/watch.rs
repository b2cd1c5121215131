//! Watches tasks until they have ended: live where the WebSocket opens, else by looking again and again.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::time::Duration;

use domain::causes;
use protocol::http::TaskBody;
use protocol::task::Status;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::following::{Change, Following};
use super::live::{self, LiveError};
use super::run::TasksError;
use super::shown::{line, standing};
use crate::api::Api;
use crate::table::{Look, Shown, show};

/// From one look at a task to the next: half a second at first, then ever longer, but no more than two.
const STEPS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(2));

/// More tasks are read by their histories: a connection can listen to a hundred topics
/// (`domain::connection::MOST_TOPICS`), of which some are its own.
const MOST_LIVE: usize = 80;

/// How changes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// A line of text each.
    Text,
    /// A line of JSON each, and one more at the end.
    Lines,
    /// One line of JSON at the end.
    End,
}

impl Told {
    fn tell(self, change: &Change) -> io::Result<()> {
        match self {
            Self::Text => writeln!(io::stdout(), "{}", line(&change.request_id, &change.update)),
            Self::Lines => writeln!(io::stdout(), "{}", serde_json::to_string(change)?),
            Self::End => Ok(()),
        }
    }
}

/// How watched tasks ended.
#[derive(Serialize)]
struct Watched {
    tasks: Vec<TaskBody>,
}

impl Shown for Watched {
    /// The changes have been told already.
    fn text(&self, _: Look) -> String {
        let tasks = self.tasks.iter().map(|task| &task.summary);
        counted(tasks.map(|summary| standing(summary.status, summary.phase)))
    }
}

/// How tasks stand that nobody named.
#[derive(Serialize)]
struct Seen {
    tasks: BTreeMap<String, Status>,
}

impl Shown for Seen {
    fn text(&self, _: Look) -> String {
        if self.tasks.is_empty() {
            return "no task changed".into();
        }
        let standing = |status: &Status| match status {
            Status::Processing => "processing",
            ended => standing(*ended, None),
        };
        counted(self.tasks.values().map(standing))
    }
}

fn counted(standings: impl Iterator<Item = &'static str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for standing in standings {
        *counts.entry(standing).or_default() += 1;
    }
    let counts = counts
        .iter()
        .map(|(status, count)| format!("{count} {status}"));
    counts.collect::<Vec<_>>().join(", ")
}

/// Tells each change once; says whether all have completed.
pub(super) async fn watch(
    ids: &[String],
    api: &Api,
    patience: time::Duration,
    told: Told,
) -> Result<bool, TasksError> {
    let until = Instant::now() + patience.unsigned_abs();
    let mut following = Following::of(ids);
    // What is not there is told at once, and what has ended needs no connection.
    look(&mut following, ids, api, told).await?;
    if ids.len() <= MOST_LIVE && !following.is_over() {
        match live::follow(&mut following, api, until, &random, &mut |change| {
            told.tell(change)
        })
        .await
        {
            Err(LiveError::Output(error)) => return Err(error.into()),
            Err(error) => instead(&error),
            Ok(()) => {}
        }
    }
    let mut step = STEPS.0;
    let tasks = loop {
        let tasks = look(&mut following, ids, api, told).await?;
        if following.is_over() || Instant::now() >= until {
            break tasks;
        }
        sleep(step).await;
        step = (step * 5 / 4).min(STEPS.1);
    };
    let mut standings = following.tasks();
    let well = standings.all(|(_, status)| status == Status::Completed);
    show(&Watched { tasks }, told != Told::Text)?;
    Ok(well)
}

/// Tells changes of all of the user's own tasks for so long; says whether none of them went wrong.
pub(super) async fn watch_mine(
    api: &Api,
    patience: time::Duration,
    told: Told,
) -> Result<bool, TasksError> {
    let until = Instant::now() + patience.unsigned_abs();
    let mut following = Following::mine();
    match live::follow(&mut following, api, until, &random, &mut |change| {
        told.tell(change)
    })
    .await
    {
        Err(LiveError::Output(error)) => return Err(error.into()),
        Err(error) => return Err(TasksError::Live(error)),
        Ok(()) => {}
    }
    let tasks = following.tasks();
    let tasks: BTreeMap<_, _> = tasks.map(|(id, status)| (id.to_owned(), status)).collect();
    let wrong = |status: &Status| matches!(status, Status::Failed | Status::TimedOut);
    let well = !tasks.values().any(wrong);
    show(&Seen { tasks }, told != Told::Text)?;
    Ok(well)
}

/// Looks at the tasks and tells what is new of them.
async fn look(
    following: &mut Following,
    ids: &[String],
    api: &Api,
    told: Told,
) -> Result<Vec<TaskBody>, TasksError> {
    let mut tasks = Vec::with_capacity(ids.len());
    for id in ids {
        let task = api.task(id).await?;
        for change in following.look(&task) {
            told.tell(&change)?;
        }
        tasks.push(task);
    }
    Ok(tasks)
}

fn instead(error: &LiveError) {
    let why = causes(error);
    // Where nobody reads it the work goes on all the same.
    let _ = writeln!(
        io::stderr(),
        "ops: no live updates ({why}); looking at the history instead"
    );
}

fn random() -> u64 {
    getrandom::u64().unwrap_or_default()
}
