//! Which letters are meant.

use std::str::FromStr;

use domain::dead_letters::{DeadQueue, Letter};
use time::{Duration, OffsetDateTime};

use super::shown;

/// A length of time, as people write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age(Duration);

/// No length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number with a unit, such as 90s, 15m, 2h or 3d")]
pub struct InvalidAge;

impl Age {
    /// The length.
    pub fn length(self) -> Duration {
        self.0
    }
}

impl FromStr for Age {
    type Err = InvalidAge;

    fn from_str(text: &str) -> Result<Self, InvalidAge> {
        let unit = text.chars().next_back().ok_or(InvalidAge)?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return Err(InvalidAge),
        };
        let count: u32 = text[..text.len() - 1].parse().map_err(|_| InvalidAge)?;
        Ok(Self(Duration::seconds(i64::from(count) * seconds)))
    }
}

/// Which letters are meant: those for which all of this holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this queue.
    pub queue: Option<DeadQueue>,
    /// Of tasks of this kind; `-` for those without one.
    pub kind: Option<String>,
    /// With this code as reason.
    pub reason: Option<String>,
    /// Of this tenant.
    pub tenant: Option<String>,
    /// Older than this.
    pub older_than: Option<Duration>,
    /// Younger than this.
    pub newer_than: Option<Duration>,
    /// With one of these ids, or beginnings of ids; any where there are none.
    pub ids: Vec<String>,
}

impl Filter {
    /// Whether it means every letter.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// The queues that it can mean.
    pub fn queues(&self) -> impl Iterator<Item = DeadQueue> + use<> {
        let wanted = self.queue;
        let meant = move |queue: &DeadQueue| wanted.is_none_or(|wanted| wanted == *queue);
        DeadQueue::ALL.into_iter().filter(meant)
    }

    /// Whether a letter is meant.
    pub fn takes(&self, letter: &Letter, now: OffsetDateTime) -> bool {
        let age = now - letter.held.sent_at;
        let is = |wanted: &Option<String>, given: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == given)
        };
        let id = |wanted: &String| letter.held.id.starts_with(wanted.as_str());
        self.queue.is_none_or(|queue| queue == letter.queue)
            && is(&self.kind, shown::kind(letter))
            && is(&self.reason, letter.reason_code())
            && is(&self.tenant, shown::tenant(letter))
            && self.older_than.is_none_or(|least| age > least)
            && self.newer_than.is_none_or(|most| age < most)
            && (self.ids.is_empty() || self.ids.iter().any(id))
    }
}

#[cfg(test)]
mod tests {
    use super::super::shown::samples::{letter, unreadable};
    use super::*;
    use testkit::build::NOW;

    #[test]
    fn ages_are_read_or_refused() {
        let age = |text: &str| text.parse().map(Age::length);
        assert_eq!(age("90s"), Ok(Duration::seconds(90)));
        assert_eq!(age("15m"), Ok(Duration::minutes(15)));
        assert_eq!(age("2h"), Ok(Duration::hours(2)));
        assert_eq!(age("3d"), Ok(Duration::days(3)));
        for wrong in ["", "s", "5", "-1h", "1.5h", "1w", "1ö", "99999999999d"] {
            assert_eq!(age(wrong), Err(InvalidAge), "{wrong}");
        }
    }

    /// Sent an hour ago.
    #[test]
    fn each_condition_can_leave_a_letter_out() {
        let letter = letter();
        let text = |text: &str| Some(text.to_owned());
        let takes = |filter: Filter| filter.takes(&letter, NOW);
        let any = Filter::default;
        assert!(takes(any()));
        assert!(takes(Filter {
            queue: Some(DeadQueue::Work),
            ..any()
        }));
        assert!(!takes(Filter {
            queue: Some(DeadQueue::Updates),
            ..any()
        }));
        assert!(takes(Filter {
            kind: text("aggregate"),
            ..any()
        }));
        assert!(!takes(Filter {
            kind: text("-"),
            ..any()
        }));
        assert!(takes(Filter {
            reason: text("store_unavailable"),
            ..any()
        }));
        assert!(!takes(Filter {
            reason: text("store"),
            ..any()
        }));
        assert!(takes(Filter {
            tenant: text("acme"),
            ..any()
        }));
        assert!(!takes(Filter {
            tenant: text("acm"),
            ..any()
        }));
        assert!(takes(Filter {
            older_than: Some(Duration::minutes(59)),
            ..any()
        }));
        assert!(!takes(Filter {
            older_than: Some(Duration::minutes(60)),
            ..any()
        }));
        assert!(!takes(Filter {
            newer_than: Some(Duration::minutes(60)),
            ..any()
        }));
        assert!(takes(Filter {
            ids: vec!["x".into(), "letter-".into()],
            ..any()
        }));
        assert!(!takes(Filter {
            ids: vec!["x".into()],
            ..any()
        }));
        let nameless = Filter {
            kind: text("-"),
            tenant: text("-"),
            ..any()
        };
        assert!(nameless.takes(&unreadable(), NOW));
    }
}
