//! What a batch of events says of users and sessions, merged so that each row appears once.

use std::collections::BTreeMap;

use domain::Event;
use domain::event::{Session, SessionAction, What};
use time::OffsetDateTime;

/// When a user was seen.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) first: OffsetDateTime,
    pub(super) last: OffsetDateTime,
}

/// What is known of a session. Merging takes the greatest or least of each, which gives the same
/// in any order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Known<'a> {
    pub(super) user: Option<&'a str>,
    pub(super) started: Option<OffsetDateTime>,
    pub(super) ended: Option<OffsetDateTime>,
}

/// A batch, merged. Sorted by name: concurrent batches then lock rows in the same order.
#[derive(Debug, Default)]
pub(super) struct Observed<'a> {
    pub(super) users: BTreeMap<&'a str, Seen>,
    pub(super) sessions: BTreeMap<&'a str, Known<'a>>,
}

impl<'a> Observed<'a> {
    /// Merges a batch.
    pub(super) fn of(events: &'a [Event]) -> Self {
        let mut observed = Self::default();
        for event in events {
            if let Some(user) = event.user() {
                observed.see(user, event.at);
            }
            if let What::Session(session) = &event.what {
                observed.learn(session, event.at);
            }
        }
        observed
    }

    fn see(&mut self, user: &'a str, at: OffsetDateTime) {
        let seen = self.users.entry(user).or_insert(Seen {
            first: at,
            last: at,
        });
        seen.first = seen.first.min(at);
        seen.last = seen.last.max(at);
    }

    fn learn(&mut self, session: &'a Session, at: OffsetDateTime) {
        let known = self.sessions.entry(&session.session_id).or_default();
        let user = session.user.as_deref();
        known.user = known.user.into_iter().chain(user).min();
        let moment = match session.action {
            SessionAction::Start => &mut known.started,
            SessionAction::End => &mut known.ended,
        };
        // None is less than any moment.
        *moment = (*moment).max(Some(at));
    }
}
