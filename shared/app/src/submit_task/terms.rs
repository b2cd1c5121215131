//! How a caller asks for a task to be run.

use domain::kind::FieldError;
use domain::task::{LONGEST_AHEAD, Priority, Terms};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use webhooks::Guard;

/// When a task is to run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Start {
    /// As soon as it can.
    #[default]
    Now,
    /// This long after its submission.
    After(Duration),
    /// At this moment; at once where that has passed.
    At(OffsetDateTime),
}

/// How a task is to be run, in the caller's words: what counts from the submission is not a moment
/// yet, so that the same words again are the same request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestedTerms {
    /// Which tasks go first.
    pub priority: Priority,
    /// When it is to run.
    pub start: Start,
    /// From when on its result is of no use.
    pub deadline: Option<OffsetDateTime>,
    /// Who is told of its end.
    pub callback_url: Option<String>,
}

impl RequestedTerms {
    /// The terms of a task that is submitted now.
    pub(super) fn from(self, now: OffsetDateTime) -> Terms {
        Terms {
            priority: self.priority,
            run_at: self.start.moment(now),
            deadline: self.deadline,
            callback_url: self.callback_url,
        }
    }

    /// What the caller has to mend.
    pub(super) fn check(&self, now: OffsetDateTime, guard: &Guard) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let run_at = self.start.moment(now).unwrap_or(now);
        if run_at > now + LONGEST_AHEAD {
            let message = format!("must be within {} days", LONGEST_AHEAD.whole_days());
            errors.push(FieldError::new(self.start.field(), message));
        }
        if let Some(problem) = self.deadline.and_then(|at| deadline(at, run_at, now)) {
            errors.push(FieldError::new("deadline", problem));
        }
        let checked = self.callback_url.as_deref().map(|url| guard.check_url(url));
        if let Some(Err(refused)) = checked {
            errors.push(FieldError::new("callback_url", refused.to_string()));
        }
        errors
    }

    /// Everything in it, as one value.
    pub(super) fn to_json(&self) -> Value {
        let start = match self.start {
            Start::Now => Value::Null,
            Start::After(delay) => json!(delay.whole_seconds()),
            Start::At(at) => json!(at.to_string()),
        };
        json!([
            self.priority.name(),
            start,
            self.deadline.map(|at| at.to_string()),
            self.callback_url
        ])
    }
}

impl Start {
    fn moment(self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        match self {
            Self::Now => None,
            Self::After(delay) => Some(now + delay),
            Self::At(at) => Some(at),
        }
    }

    fn field(self) -> &'static str {
        match self {
            Self::Now | Self::After(_) => "delay",
            Self::At(_) => "run_at",
        }
    }
}

fn deadline(
    deadline: OffsetDateTime,
    run_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Option<String> {
    if deadline <= now {
        return Some("has passed".into());
    }
    if deadline <= run_at {
        return Some("must be after the moment at which the task is to run".into());
    }
    let days = LONGEST_AHEAD.whole_days();
    (deadline > now + LONGEST_AHEAD).then(|| format!("must be within {days} days"))
}

#[cfg(test)]
mod tests {
    use testkit::build::NOW;

    use super::*;

    fn fields(terms: &RequestedTerms) -> Vec<String> {
        terms
            .check(NOW, &Guard::strict())
            .into_iter()
            .map(|error| error.field)
            .collect()
    }

    fn asked(start: Start, deadline: Option<OffsetDateTime>) -> RequestedTerms {
        RequestedTerms {
            start,
            deadline,
            ..RequestedTerms::default()
        }
    }

    #[test]
    fn moments_lie_ahead_and_not_too_far() {
        let (minute, week) = (Duration::MINUTE, LONGEST_AHEAD);
        let (late, over) = (NOW + week, week + Duration::SECOND);
        for good in [
            asked(Start::Now, None),
            asked(Start::After(Duration::ZERO), Some(NOW + minute)),
            asked(Start::After(week), None),
            asked(Start::At(NOW - minute), Some(late)),
            asked(Start::At(NOW + minute), Some(late)),
        ] {
            assert!(fields(&good).is_empty(), "{good:?}");
        }
        for (bad, expected) in [
            (asked(Start::After(over), None), vec!["delay"]),
            (asked(Start::At(NOW + over), None), vec!["run_at"]),
            (asked(Start::Now, Some(NOW)), vec!["deadline"]),
            (asked(Start::Now, Some(NOW + over)), vec!["deadline"]),
            (
                asked(Start::After(minute), Some(NOW + minute)),
                vec!["deadline"],
            ),
            (
                asked(Start::At(NOW + over), Some(late)),
                vec!["run_at", "deadline"],
            ),
        ] {
            assert_eq!(fields(&bad), expected, "{bad:?}");
        }
    }

    #[test]
    fn callbacks_lead_where_the_guard_lets_them() {
        let called = |url: &str| RequestedTerms {
            callback_url: Some(url.into()),
            ..RequestedTerms::default()
        };
        assert!(fields(&called("https://example.org/hook?token=t")).is_empty());
        let long = format!("https://example.org/{}", "x".repeat(2_048));
        for refused in [
            "",
            "hook",
            "ftp://example.org/",
            "http://example.org/",
            "https://example.org:8443/",
            "https://user:password@example.org/",
            "https://10.0.0.1/",
            "https://localhost/",
            "https://169.254.169.254/latest/meta-data/",
            &long,
        ] {
            assert_eq!(fields(&called(refused)), ["callback_url"], "{refused}");
        }
        let local = "http, 127.0.0.0/8, any port".parse().unwrap();
        let errors = called("http://127.0.0.1:8080/").check(NOW, &local);
        assert_eq!(errors, []);
    }

    #[test]
    fn a_delay_counts_from_the_submission() {
        let terms = asked(Start::After(Duration::MINUTE), None).from(NOW);
        assert_eq!(terms.run_at, Some(NOW + Duration::MINUTE));
        assert_eq!(asked(Start::Now, None).from(NOW), Terms::default());
    }
}
