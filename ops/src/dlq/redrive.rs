//! Sends the letters that a filter means on their way again, at a rate.

use std::collections::HashSet;
use std::time::Duration;

use app::dead_letters::Sent;
use domain::dead_letters::Letter;
use domain::ports::PortError;
use domain::{Status, Task};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{MissedTickBehavior, interval};

use super::filter::Filter;
use super::rate::Rate;
use super::send::{Kept, send};
use super::shown;
use super::triage::{HIDDEN, TOGETHER, Triage};
use super::watch::{Outcome, watch};

/// What is to be done.
#[derive(Debug, Clone)]
pub struct Order {
    /// Which letters.
    pub filter: Filter,
    /// How fast.
    pub rate: Rate,
    /// Letters of each queue that are looked at.
    pub most: usize,
    /// How long tasks are watched after the last was sent; not at all where there is none.
    pub patience: Option<Duration>,
}

/// What happens on the way, as it happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// A letter was sent and is no more.
    Sent(&'a Letter),
    /// A letter's task has ended otherwise: there was nothing to send, and the letter is no more.
    Settled(&'a Letter, Status),
    /// A letter is kept.
    Kept(&'a Letter, &'a Kept),
    /// A task has ended, or nobody waited for its end.
    Ended(&'a Outcome),
}

/// What became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Redriven {
    /// Letters that were sent.
    pub sent: usize,
    /// Letters whose task has ended otherwise.
    pub settled: usize,
    /// Letters that are kept, with why.
    pub kept: Vec<(String, Kept)>,
    /// How the watched tasks ended.
    pub outcomes: Vec<Outcome>,
    /// Whether all letters of the queues were looked at.
    pub complete: bool,
}

impl Redriven {
    /// Whether nothing is left to be done: all was sent, and all that was watched completed.
    pub fn is_well(&self) -> bool {
        let completed = |outcome: &Outcome| outcome.status == Status::Completed;
        self.complete && self.kept.is_empty() && self.outcomes.iter().all(completed)
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let kept = self.kept.iter();
        let kept =
            kept.map(|(id, why)| json!({"id": id, "code": why.code, "message": why.message}));
        json!({
            "sent": self.sent, "settled": self.settled, "kept": kept.collect::<Vec<_>>(),
            "outcomes": self.outcomes, "complete": self.complete,
        })
    }
}

/// Sends them and watches their tasks meanwhile. A letter is removed only after it was sent, so a
/// stop at any moment at most sends one twice, which changes nothing.
pub async fn redrive(
    triage: &Triage,
    order: &Order,
    tell: &(dyn Fn(&Event<'_>) + Sync),
) -> Result<Redriven, PortError> {
    let (watched, tasks) = unbounded_channel();
    let mut outcomes = Vec::new();
    let noted = |outcome: Outcome| {
        tell(&Event::Ended(&outcome));
        outcomes.push(outcome);
    };
    let watched = order.patience.map(|_| watched);
    let sending = async {
        let sent = send_all(triage, order, watched, tell).await;
        // Others may look at what is left while tasks are watched.
        triage.put_back().await;
        sent
    };
    let watching = watch(triage, tasks, order.patience.unwrap_or_default(), noted);
    let (sent, seen) = tokio::join!(sending, watching);
    let mut redriven = sent?;
    seen?;
    redriven.outcomes = outcomes;
    Ok(redriven)
}

async fn send_all(
    triage: &Triage,
    order: &Order,
    watched: Option<UnboundedSender<Task>>,
    tell: &(dyn Fn(&Event<'_>) + Sync),
) -> Result<Redriven, PortError> {
    let mut pace = interval(order.rate.step());
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // No more in hand than are sent while they are hidden.
    let quarter = HIDDEN.unsigned_abs() / 4;
    let together = order.rate.within(quarter).min(TOGETHER);
    let mut redriven = Redriven {
        complete: true,
        ..Redriven::default()
    };
    let mut done = HashSet::new();
    for queue in order.filter.queues() {
        let mut looked_at = 0;
        loop {
            if looked_at >= order.most {
                redriven.complete = false;
                break;
            }
            let letters = triage.next(queue, together).await?;
            if letters.is_empty() {
                break;
            }
            looked_at += letters.len();
            for letter in &letters {
                // What fails again comes back as another letter, and is for the next time.
                let meant = order.filter.takes(letter, triage.clock.now());
                if !meant || !done.insert(shown::subject(letter)) {
                    continue;
                }
                pace.tick().await;
                one(triage, letter, watched.as_ref(), &mut redriven, tell).await;
            }
        }
    }
    Ok(redriven)
}

async fn one(
    triage: &Triage,
    letter: &Letter,
    watched: Option<&UnboundedSender<Task>>,
    redriven: &mut Redriven,
    tell: &(dyn Fn(&Event<'_>) + Sync),
) {
    match send(triage, letter.queue, &letter.held.body).await {
        Err(why) => {
            tell(&Event::Kept(letter, &why));
            redriven.kept.push((letter.held.id.clone(), why));
            return;
        }
        Ok(Sent::Settled(status)) => {
            redriven.settled += 1;
            tell(&Event::Settled(letter, status));
        }
        Ok(sent) => {
            redriven.sent += 1;
            tell(&Event::Sent(letter));
            if let (Sent::Task(task), Some(watched)) = (sent, watched) {
                // Nobody watches any more where a store is away; that is told apart.
                let _ = watched.send(*task);
            }
        }
    }
    // Sent, and yet there: it comes back, and is sent again next time.
    if let Err(error) = triage.remove(letter).await {
        let why = Kept::from(error);
        tell(&Event::Kept(letter, &why));
        redriven.kept.push((letter.held.id.clone(), why));
    }
}

#[cfg(test)]
mod tests;
