//! The commands on a terminal.

use std::io::{self, BufRead as _, Write as _};
use std::time::Duration;

use app::dead_letters::Sent;
use domain::ports::PortError;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use tokio::sync::mpsc::unbounded_channel;

use super::args::{Dlq, Edit, List, Purge, Redrive, Show, Wait};
use super::edit::{self, EditError};
use super::filter::Filter;
use super::find::{FindError, find};
use super::list::{self, list};
use super::purge::{pass_phrase, purge};
use super::redrive::{Event, Order, Redriven, redrive};
use super::show::Full;
use super::shown;
use super::triage::Triage;
use super::watch::{Outcome, watch};
use crate::table::{Look, Shown, show};

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DlqError {
    /// Everything would be meant, and nobody said so.
    #[error("which letters? Give ids or a filter, or --all")]
    Which,
    /// The person did not type what was asked for.
    #[error("not confirmed; nothing was removed")]
    NotConfirmed,
    /// It was broken off.
    #[error("broken off; letters that were not sent are where they were")]
    BrokenOff,
    /// No such letter.
    #[error(transparent)]
    Find(#[from] FindError),
    /// It was not mended.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// A queue or a table did not answer.
    #[error("{}", domain::causes(.0))]
    Port(#[from] PortError),
    /// The terminal does not take any more.
    #[error(transparent)]
    Output(#[from] io::Error),
}

impl DlqError {
    /// Whether the command line is wrong.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Which)
    }
}

/// Runs a command and prints what came of it; tells whether all is well. Whatever was taken up and is
/// still there is given back, also after Ctrl-C.
pub async fn run(dlq: &Dlq, triage: &Triage, json: bool) -> Result<bool, DlqError> {
    let done = tokio::select! {
        done = command(dlq, triage, json) => done,
        _ = tokio::signal::ctrl_c() => Err(DlqError::BrokenOff),
    };
    triage.put_back().await;
    done
}

async fn command(dlq: &Dlq, triage: &Triage, json: bool) -> Result<bool, DlqError> {
    match dlq {
        Dlq::List(List { which, each }) => {
            let found = list(triage, &which.filter(), count(which.most), *each).await?;
            show(&found, json)?;
            Ok(true)
        }
        Dlq::Show(Show { id }) => {
            let letter = find(triage, id).await?;
            show(&Full::of(&letter, triage.clock.now()), json)?;
            Ok(true)
        }
        Dlq::Edit(edit) => run_edit(edit, triage, json).await,
        Dlq::Redrive(redrive) => run_redrive(redrive, triage, json).await,
        Dlq::Purge(purge) => run_purge(purge, triage, json).await,
    }
}

fn meant(filter: Filter, ids: &[String], all: bool) -> Result<Filter, DlqError> {
    let ids = ids.to_vec();
    let filter = Filter { ids, ..filter };
    if filter.is_open() && !all {
        return Err(DlqError::Which);
    }
    Ok(filter)
}

fn patience(wait: &Wait) -> Option<Duration> {
    (!wait.no_wait).then(|| wait.patience.length().unsigned_abs())
}

fn count(most: u32) -> usize {
    usize::try_from(most).unwrap_or(usize::MAX)
}

async fn run_redrive(args: &Redrive, triage: &Triage, json: bool) -> Result<bool, DlqError> {
    let order = Order {
        filter: meant(args.which.filter(), &args.ids, args.all)?,
        rate: args.rate,
        most: count(args.which.most),
        patience: patience(&args.wait),
    };
    let bar = progress(json);
    let tell = |event: &Event<'_>| {
        bar.inc(u64::from(matches!(event, Event::Sent(_))));
        if !json {
            bar.suspend(|| {
                // Where nobody reads any more the work goes on all the same.
                let _ = writeln!(io::stdout(), "{}", line(event));
            });
        }
    };
    let redriven = redrive(triage, &order, &tell).await?;
    bar.finish_and_clear();
    let report = Report(redriven);
    show(&report, json)?;
    Ok(report.0.is_well())
}

fn progress(json: bool) -> ProgressBar {
    if json {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {pos} sent, {elapsed}");
    ProgressBar::new_spinner()
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

/// What happened, on a line.
fn line(event: &Event<'_>) -> String {
    match event {
        Event::Sent(letter) => {
            let (kind, id) = (shown::kind(letter), shown::task(letter));
            format!("sent       {} {kind} {id}", letter.queue)
        }
        Event::Settled(letter, status) => {
            format!(
                "settled    {} is {} already",
                shown::task(letter),
                status.name()
            )
        }
        Event::Kept(letter, why) => format!("kept       {} {why}", letter.held.id),
        Event::Ended(Outcome {
            kind,
            request_id,
            status,
            error,
            ..
        }) => {
            let error = error.as_deref().unwrap_or_default();
            format!("{:<10} {kind} {request_id} {error}", status.name())
                .trim_end()
                .into()
        }
    }
}

struct Report(Redriven);

impl serde::Serialize for Report {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.to_json().serialize(serializer)
    }
}

impl Shown for Report {
    fn text(&self, _: Look) -> String {
        let Redriven {
            sent,
            settled,
            kept,
            outcomes,
            complete,
        } = &self.0;
        let of = |status| {
            outcomes
                .iter()
                .filter(|outcome| outcome.status == status)
                .count()
        };
        let mut parts = vec![format!("{sent} sent")];
        for (count, words) in [
            (of(domain::Status::Completed), "completed"),
            (of(domain::Status::Failed), "failed again"),
            (of(domain::Status::TimedOut), "timed out"),
            (of(domain::Status::Cancelled), "cancelled"),
            (of(domain::Status::Processing), "still processing"),
            (*settled, "settled already"),
            (kept.len(), "kept"),
        ] {
            if count > 0 {
                parts.push(format!("{count} {words}"));
            }
        }
        let more = if *complete { "" } else { "; there are more" };
        format!("{}{more}", parts.join(", "))
    }
}

async fn run_edit(args: &Edit, triage: &Triage, json: bool) -> Result<bool, DlqError> {
    let sent = match &args.body {
        Some(file) => edit::from_file(triage, &args.id, file).await?,
        None => edit::by_editor(triage, &args.id, &editor()).await?,
    };
    let outcome = match (&sent, patience(&args.wait)) {
        (Sent::Task(task), Some(patience)) => {
            let (tell, tasks) = unbounded_channel();
            let _ = tell.send((**task).clone());
            drop(tell);
            let mut ended = None;
            watch(triage, tasks, patience, |outcome| ended = Some(outcome)).await?;
            ended
        }
        _ => None,
    };
    let edited = Edited { sent, outcome };
    show(&edited, json)?;
    Ok(edited.is_well())
}

/// `$VISUAL`, or `$EDITOR`, or what every system has.
fn editor() -> String {
    let set = |name| {
        std::env::var(name)
            .ok()
            .filter(|editor| !editor.trim().is_empty())
    };
    set("VISUAL")
        .or_else(|| set("EDITOR"))
        .unwrap_or_else(|| "vi".into())
}

struct Edited {
    sent: Sent,
    outcome: Option<Outcome>,
}

impl Edited {
    fn is_well(&self) -> bool {
        let completed = |outcome: &Outcome| outcome.status == domain::Status::Completed;
        self.outcome.as_ref().is_none_or(completed)
    }
}

impl serde::Serialize for Edited {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sent = match &self.sent {
            Sent::Task(task) => json!({"sent": true, "request_id": task.request_id.to_string()}),
            Sent::Message => json!({"sent": true, "request_id": null}),
            Sent::Settled(status) => json!({"sent": false, "settled": status}),
        };
        let mut edited = sent;
        if let Some(fields) = edited.as_object_mut() {
            let outcome = serde_json::to_value(&self.outcome).unwrap_or(Value::Null);
            fields.insert("outcome".into(), outcome);
        }
        edited.serialize(serializer)
    }
}

impl Shown for Edited {
    fn text(&self, _: Look) -> String {
        match (&self.sent, &self.outcome) {
            (_, Some(outcome)) => line(&Event::Ended(outcome)),
            (Sent::Task(task), None) => format!("sent       {} {}", task.kind, task.request_id),
            (Sent::Message, None) => "sent".into(),
            (Sent::Settled(status), None) => {
                format!("settled    the task is {} already", status.name())
            }
        }
    }
}

async fn run_purge(args: &Purge, triage: &Triage, json: bool) -> Result<bool, DlqError> {
    let filter = meant(args.which.filter(), &args.ids, args.all)?;
    let most = count(args.which.most);
    let (letters, complete) = triage.all(&filter, most).await?;
    if !args.yes && !letters.is_empty() {
        let found = list::Found {
            letters: letters.len(),
            complete,
            groups: list::groups(&letters),
            each: None,
            at: triage.clock.now(),
        };
        writeln!(io::stderr(), "{}", found.text(Look::PLAIN))?;
        let phrase = pass_phrase(letters.len());
        write!(io::stderr(), "Type `{phrase}` to remove them for good: ")?;
        if typed().await?.trim() != phrase {
            return Err(DlqError::NotConfirmed);
        }
    }
    show(&purge(triage, &letters, most).await?, json)?;
    Ok(complete)
}

/// Read by a thread of its own, so that Ctrl-C is heard meanwhile and nobody waits for the thread then.
async fn typed() -> io::Result<String> {
    let (tell, typed) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line).map(|_| line);
        // Nobody may be waiting any more.
        let _ = tell.send(read);
    });
    typed.await.map_err(io::Error::other)?
}
