//! What the submitter wants of a task's running, beside its input.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// Longest time from the submission to the run that it asks for, and to its deadline. A task is
/// kept for 30 days after its last change: one that waits longer would be gone before it runs.
pub const LONGEST_AHEAD: Duration = Duration::days(7);

/// Which tasks go first where they cannot all run at once.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// As submitted.
    #[default]
    Normal,
    /// Before normal ones, which still get their turn.
    High,
}

impl Priority {
    /// Every priority, the least urgent first.
    pub const ALL: [Self; 2] = [Self::Normal, Self::High];

    /// The name that callers see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::High => "high",
        }
    }

    /// The priority of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|priority| priority.name() == name)
    }
}

/// How a task is to be run. Never changes after the submission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Which tasks go first.
    pub priority: Priority,
    /// Not before this moment; at once where none.
    pub run_at: Option<OffsetDateTime>,
    /// From this moment on its result is of no use: it ends as timed out.
    pub deadline: Option<OffsetDateTime>,
    /// Who is told of its end. The address may hold a secret: never log it.
    pub callback_url: Option<String>,
}

impl Terms {
    /// Whether the task may run at this moment.
    pub fn is_due(&self, now: OffsetDateTime) -> bool {
        self.run_at.is_none_or(|at| at <= now)
    }

    /// Whether the task's deadline has passed.
    pub fn is_overdue(&self, now: OffsetDateTime) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_priority_has_one_name() {
        for priority in Priority::ALL {
            assert_eq!(Priority::from_name(priority.name()), Some(priority));
        }
        assert_eq!(Priority::from_name("High"), None);
        assert!(Priority::High > Priority::default());
    }

    #[test]
    fn a_moment_has_come_when_it_is_there() {
        let at = OffsetDateTime::UNIX_EPOCH;
        let terms = Terms {
            run_at: Some(at),
            deadline: Some(at + Duration::MINUTE),
            ..Terms::default()
        };
        assert!(!terms.is_due(at - Duration::SECOND) && terms.is_due(at));
        assert!(!terms.is_overdue(at) && terms.is_overdue(at + Duration::MINUTE));
        assert!(Terms::default().is_due(at) && !Terms::default().is_overdue(at));
    }
}
