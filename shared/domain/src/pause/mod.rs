//! Pauses: tasks of a kind, of a tenant, or all, are not taken on for a while, so that nothing more is spent.
//!
//! A pause stops submissions only. What is queued already is run, and what runs is not touched: it was accepted, and
//! its tenant waits for it.

mod author;
mod subject;

use time::{Duration, OffsetDateTime};

pub use author::{Author, InvalidAuthor};
pub use subject::{InvalidSubject, Subject, Subjects};

/// Longest reason, in bytes. Submitters are shown it.
pub const LONGEST_REASON: usize = 200;

/// How long a change of a pause is remembered after it was lifted, so that an older notice which arrives late does not
/// bring it back. SNS hands a notice to a function for 23 days at most
/// (<https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>).
pub const REMEMBERED: Duration = Duration::days(30);

/// When to come back where nobody knows how long a pause lasts.
const UNKNOWN_WAIT: Duration = Duration::minutes(1);

/// An operator may lift a pause before its time, so nobody is sent away for longer.
const LONGEST_WAIT: Duration = Duration::HOUR;

/// Nothing of this subject is taken on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// What is paused.
    pub subject: Subject,
    /// Why, for the people whose tasks are refused: no figures and no other tenant's name.
    pub reason: String,
    /// When it was decided, to the millisecond; of two decisions of one author about one subject the later counts.
    pub since: OffsetDateTime,
    /// When it ends by itself, to the second; never where none.
    pub until: Option<OffsetDateTime>,
    /// Who decided it. Each author's pauses stand beside those of the others.
    pub by: Author,
}

impl Pause {
    /// Whether it holds at this moment.
    pub fn holds(&self, now: OffsetDateTime) -> bool {
        self.until.is_none_or(|until| until > now)
    }

    /// After how long it is worth another try: when it ends, an hour at most, and a minute where nobody knows.
    pub fn wait(&self, now: OffsetDateTime) -> Duration {
        self.until.map_or(UNKNOWN_WAIT, |until| {
            (until - now).clamp(Duration::SECOND, LONGEST_WAIT)
        })
    }

    /// The name of its place: a later pause with the same name takes it.
    pub fn place(&self) -> String {
        place(&self.subject, &self.by)
    }

    /// Of the pauses that hold for a task of this kind and tenant, the one that holds longest.
    pub fn holding<'a>(
        pauses: &'a [Self],
        kind: &str,
        tenant: &crate::TenantId,
        now: OffsetDateTime,
    ) -> Option<&'a Self> {
        let holding = pauses
            .iter()
            .filter(|pause| pause.holds(now) && pause.subject.covers(kind, tenant));
        // Without an end is the longest.
        holding.max_by_key(|pause| (pause.until.is_none(), pause.until))
    }
}

/// The place of an author's pause of a subject.
pub fn place(subject: &Subject, by: &Author) -> String {
    format!("{subject}#{}", by.slot())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::TenantId;

    const NOW: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

    fn pause(subject: &str, until: Option<OffsetDateTime>) -> Pause {
        Pause {
            subject: subject.parse().unwrap(),
            reason: "the month's budget is spent".into(),
            since: NOW,
            until,
            by: Author::Operator("ada".into()),
        }
    }

    #[test]
    fn the_longest_of_those_that_cover_a_task_is_told() {
        let soon = Some(NOW + Duration::MINUTE);
        let later = Some(NOW + Duration::HOUR);
        let pauses = [
            pause("kind:analyze", soon),
            pause("tenant:acme", later),
            pause("kind:export", None),
            pause("all", Some(NOW)),
        ];
        let (acme, zeta) = (
            TenantId::new("acme").unwrap(),
            TenantId::new("zeta").unwrap(),
        );
        let told = |kind: &str, tenant| {
            let pause = Pause::holding(&pauses, kind, tenant, NOW);
            pause.map(|pause| pause.subject.to_string())
        };
        assert_eq!(told("analyze", &acme).as_deref(), Some("tenant:acme"));
        assert_eq!(told("analyze", &zeta).as_deref(), Some("kind:analyze"));
        assert_eq!(told("export", &acme).as_deref(), Some("kind:export"));
        assert_eq!(told("aggregate", &zeta), None, "that one has ended");
    }

    #[test]
    fn nobody_is_sent_away_for_long() {
        let wait = |until| pause("all", until).wait(NOW);
        assert_eq!(wait(None), Duration::MINUTE);
        assert_eq!(wait(Some(NOW + Duration::minutes(5))), Duration::minutes(5));
        assert_eq!(wait(Some(NOW + Duration::days(20))), Duration::HOUR);
        assert_eq!(wait(Some(NOW)), Duration::SECOND);
    }
}
