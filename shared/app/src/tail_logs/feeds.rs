//! Which feeds are heard, and how much each may still be told.

use std::collections::BTreeMap;

use domain::feed::Feed;
use time::{Duration, OffsetDateTime};

/// How long an answer holds: so late do the first lines come to who has just begun to listen.
pub(super) const HOLDS: Duration = Duration::seconds(3);

/// Lines that a feed is told in a second, by one process of the api.
pub(super) const LINES_PER_SECOND: usize = 100;

/// Messages that it is told them in.
pub(super) const FRAMES_PER_SECOND: usize = 10;

/// Feeds that are remembered. Beyond, all is asked afresh.
const MOST_FEEDS: usize = 1_000;

/// What is known of feeds.
#[derive(Debug, Default)]
pub(super) struct Feeds(BTreeMap<Feed, Known>);

#[derive(Debug)]
struct Known {
    heard: bool,
    asked_at: OffsetDateTime,
    budget: Budget,
}

/// What a feed may still be told.
#[derive(Debug)]
pub(super) struct Budget {
    second: i64,
    /// Lines, in this second.
    pub(super) lines: usize,
    /// Messages, in this second.
    pub(super) frames: usize,
    /// Lines that nobody has been told of, nor that they were left out.
    pub(super) left_out: u64,
}

impl Budget {
    fn of(second: i64) -> Self {
        Self {
            second,
            lines: LINES_PER_SECOND,
            frames: FRAMES_PER_SECOND,
            left_out: 0,
        }
    }
}

impl Feeds {
    /// Whether anybody listens, where that was asked a short time ago.
    pub(super) fn heard(&self, feed: &Feed, now: OffsetDateTime) -> Option<bool> {
        let known = self.0.get(feed)?;
        (now < known.asked_at + HOLDS).then_some(known.heard)
    }

    /// Somebody is about to be asked. Until there is an answer nobody is told, and nobody asks again:
    /// a store that does not answer is not waited for by every call.
    pub(super) fn asking(&mut self, feed: &Feed, now: OffsetDateTime) {
        if self.0.len() >= MOST_FEEDS && !self.0.contains_key(feed) {
            self.0.clear();
        }
        let known = self.known(feed, now);
        known.heard = false;
        known.asked_at = now;
    }

    /// Remembers an answer. Where nobody listens, nobody misses what was left out.
    pub(super) fn note(&mut self, feed: &Feed, heard: bool, now: OffsetDateTime) {
        let known = self.known(feed, now);
        known.heard = heard;
        if !heard {
            known.budget.left_out = 0;
        }
    }

    fn known(&mut self, feed: &Feed, now: OffsetDateTime) -> &mut Known {
        self.0.entry(feed.clone()).or_insert_with(|| Known {
            heard: false,
            asked_at: now,
            budget: Budget::of(now.unix_timestamp()),
        })
    }

    /// What the feed may be told now.
    pub(super) fn budget(&mut self, feed: &Feed, now: OffsetDateTime) -> &mut Budget {
        let second = now.unix_timestamp();
        let budget = &mut self.known(feed, now).budget;
        if budget.second != second {
            *budget = Budget {
                left_out: budget.left_out,
                ..Budget::of(second)
            };
        }
        budget
    }
}
