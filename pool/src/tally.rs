//! What a consumer of one queue counts, for the heartbeats.

use std::sync::{Mutex, PoisonError};

use aws_lambda_events::sqs::SqsMessage;
use protocol::queue::TaskMessage;
use time::{Duration, OffsetDateTime};

/// What one queue's consumer has in hand and has taken. Cheap to ask.
#[derive(Debug)]
pub(crate) struct Tally {
    at_once: u32,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: u32,
    taken: u64,
    oldest_wait: Option<Duration>,
    full_since: Option<OffsetDateTime>,
}

/// What a [`Tally`] says at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    /// Tasks at once at most.
    pub(crate) at_once: u32,
    /// Tasks in hand.
    pub(crate) running: u32,
    /// Messages taken so far.
    pub(crate) taken: u64,
    /// The longest wait among those taken since it was asked before.
    pub(crate) oldest_wait: Option<Duration>,
    /// When the message that got the last place had been sent; none while there is a free one.
    pub(crate) full_since: Option<OffsetDateTime>,
}

/// A message in hand; it counts until this is dropped.
#[derive(Debug)]
pub(crate) struct InHand<'a>(&'a Tally);

impl Tally {
    /// Of a consumer that has up to this many tasks in hand at once.
    pub(crate) fn of(at_once: usize) -> Self {
        Self {
            at_once: u32::try_from(at_once).unwrap_or(u32::MAX),
            state: Mutex::default(),
        }
    }

    /// Counts a message that was taken now.
    pub(crate) fn take(&self, message: &SqsMessage, now: OffsetDateTime) -> InHand<'_> {
        let due = sent_at(message).max(run_at(message));
        let sent = due.unwrap_or(now).min(now);
        self.with(|state| {
            state.running += 1;
            state.taken += 1;
            if is_first_delivery(message) {
                state.oldest_wait = state.oldest_wait.max(Some(now - sent));
            }
            if state.running >= self.at_once {
                state.full_since = Some(sent);
            }
        });
        InHand(self)
    }

    /// Says how things are, and counts waits anew.
    pub(crate) fn tell(&self) -> Told {
        self.with(|state| Told {
            at_once: self.at_once,
            running: state.running,
            taken: state.taken,
            oldest_wait: state.oldest_wait.take(),
            full_since: state.full_since,
        })
    }

    fn with<T>(&self, see: impl FnOnce(&mut State) -> T) -> T {
        // Nothing panics in between, so a poisoned state is as good as any.
        see(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        self.0.with(|state| {
            state.running -= 1;
            state.full_since = None;
        });
    }
}

/// A message that comes again was hidden on purpose, or its worker is gone: neither says how long a
/// queue has to wait for a place here.
fn is_first_delivery(message: &SqsMessage) -> bool {
    let count = message.attributes.get("ApproximateReceiveCount");
    count.is_none_or(|count| count == "1")
}

/// When it was sent, as SQS tells it: in milliseconds since 1970.
fn sent_at(message: &SqsMessage) -> Option<OffsetDateTime> {
    let millis: i64 = message.attributes.get("SentTimestamp")?.parse().ok()?;
    OffsetDateTime::UNIX_EPOCH.checked_add(Duration::milliseconds(millis))
}

/// When its task was to run, where it was submitted for later: until then it waited on purpose.
fn run_at(message: &SqsMessage) -> Option<OffsetDateTime> {
    let body: TaskMessage = serde_json::from_str(message.body.as_deref()?).ok()?;
    body.run_at
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

    fn message(wait: Duration, deliveries: u32) -> SqsMessage {
        let mut message = SqsMessage::default();
        let sent = (NOW - wait).unix_timestamp_nanos() / 1_000_000;
        for (name, value) in [
            ("SentTimestamp", sent.to_string()),
            ("ApproximateReceiveCount", deliveries.to_string()),
        ] {
            message.attributes.insert(name.into(), value);
        }
        message
    }

    #[test]
    fn the_longest_wait_is_told_once() {
        let tally = Tally::of(3);
        let (short, long) = (Duration::milliseconds(20), Duration::milliseconds(1_500));
        for wait in [short, long, Duration::ZERO] {
            drop(tally.take(&message(wait, 1), NOW));
        }
        let told = tally.tell();
        assert_eq!((told.taken, told.oldest_wait), (3, Some(long)));
        assert_eq!(tally.tell().oldest_wait, None);
    }

    #[test]
    fn a_message_that_comes_again_says_nothing_of_waiting() {
        let tally = Tally::of(3);
        drop(tally.take(&message(Duration::HOUR, 2), NOW));
        let told = tally.tell();
        assert_eq!((told.taken, told.oldest_wait), (1, None));
    }

    #[test]
    fn a_task_for_later_waits_from_its_moment_on() {
        let tally = Tally::of(3);
        let mut later = message(Duration::minutes(10), 1);
        let run_at = r#""run_at":"2026-03-01T11:59:57Z""#;
        later.body = Some(format!(
            r#"{{"v":1,"tenant":"acme","request_id":"1",{run_at}}}"#
        ));
        drop(tally.take(&later, NOW));
        assert_eq!(tally.tell().oldest_wait, Some(Duration::seconds(3)));
    }

    #[test]
    fn a_clock_behind_that_of_sqs_makes_no_negative_wait() {
        let tally = Tally::of(3);
        drop(tally.take(&message(-Duration::SECOND, 1), NOW));
        assert_eq!(tally.tell().oldest_wait, Some(Duration::ZERO));
    }

    #[test]
    fn the_last_place_says_from_when_messages_may_wait() {
        let tally = Tally::of(2);
        let (older, newer) = (Duration::seconds(9), Duration::seconds(4));
        let first = tally.take(&message(older, 1), NOW);
        assert_eq!(tally.tell().full_since, None);
        let second = tally.take(&message(newer, 1), NOW);
        let told = tally.tell();
        assert_eq!((told.running, told.full_since), (2, Some(NOW - newer)));
        drop(second);
        let told = tally.tell();
        assert_eq!((told.running, told.full_since), (1, None));
        drop(first);
        assert_eq!(tally.tell().running, 0);
    }
}
