//! Tells those who listen to a tenant's log lines of new ones.
//!
//! A copy of what is stored anyway: it may lose lines, and then says how many. It takes a bounded
//! time of the call that stores them and never fails it. Whether anybody listens is asked once in a
//! while per feed; nobody listening costs nothing more.

mod feeds;
mod frame;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::event::What;
use domain::feed::{EVERY_LEVEL, Feed, LONGEST_LEVEL, Posting};
use domain::ports::{Clock, ConnectionStore, Postings};
use domain::{Event, TenantId, Topic, causes};
use futures::future::join_all;
use tokio::time::timeout;

use feeds::Feeds;

/// What a call that stores events may wait for this, at most.
const PATIENCE: Duration = Duration::from_millis(500);

/// Levels of one batch that are looked at; lines of any other are told to those who listen to all.
const MOST_LEVELS: usize = 8;

/// Tells of new log lines.
#[derive(Clone)]
pub struct TailLogs {
    connections: Arc<dyn ConnectionStore>,
    postings: Arc<dyn Postings>,
    clock: Arc<dyn Clock>,
    feeds: Arc<Mutex<Feeds>>,
}

impl TailLogs {
    /// Tells those whom this store knows, by this way.
    pub fn new(
        connections: Arc<dyn ConnectionStore>,
        postings: Arc<dyn Postings>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            connections,
            postings,
            clock,
            feeds: Arc::default(),
        }
    }

    /// Tells of the log lines among events that have just been stored.
    pub async fn run(&self, tenant: &TenantId, events: &[Event]) {
        let lines: Vec<_> = events.iter().filter_map(line).collect();
        if lines.is_empty() {
            return;
        }
        if timeout(PATIENCE, self.tell(tenant, &lines)).await.is_err() {
            tracing::warn!("telling of new log lines took too long");
        }
    }

    async fn tell(&self, tenant: &TenantId, lines: &[Line<'_>]) {
        let levels: BTreeSet<&str> = lines.iter().map(|line| line.level).collect();
        let levels = levels
            .into_iter()
            .filter(|level| *level != EVERY_LEVEL && level.len() <= LONGEST_LEVEL);
        let levels = levels.take(MOST_LEVELS).chain([EVERY_LEVEL]);
        join_all(levels.map(|level| self.tell_feed(tenant, level, lines))).await;
    }

    async fn tell_feed(&self, tenant: &TenantId, level: &str, lines: &[Line<'_>]) {
        let feed = Feed::Logs(tenant.clone(), level.to_owned());
        if !self.is_heard(&feed).await {
            return;
        }
        let of_feed = lines
            .iter()
            .filter(|line| level == EVERY_LEVEL || line.level == level)
            .map(|line| line.event);
        let frame = {
            let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
            let budget = feeds.budget(&feed, self.clock.now());
            frame::frame(level, of_feed, budget)
        };
        let Some(text) = frame else { return };
        if let Err(error) = self.postings.send(&Posting { feed, text }).await {
            tracing::warn!(error = causes(&error), "new log lines are not told");
        }
    }

    /// A store that is away stands for nobody, until it is asked again.
    async fn is_heard(&self, feed: &Feed) -> bool {
        let now = self.clock.now();
        {
            let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(heard) = feeds.heard(feed, now) {
                return heard;
            }
            feeds.asking(feed, now);
        }
        let listeners = self.connections.listeners(&Topic::from(feed), now).await;
        let heard = listeners.is_ok_and(|listeners| !listeners.is_empty());
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.note(feed, heard, now);
        heard
    }
}

/// A log line and its level.
struct Line<'a> {
    level: &'a str,
    event: &'a Event,
}

fn line(event: &Event) -> Option<Line<'_>> {
    match &event.what {
        What::Log(log) => Some(Line {
            level: &log.level,
            event,
        }),
        What::Request(_) | What::Session(_) | What::User(_) => None,
    }
}
