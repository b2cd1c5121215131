//! What a client has missed of a task.

use std::collections::BTreeMap;

use crate::ids::{ConnectionId, RequestId, TenantId};
use crate::task::{Task, Update};

/// A connection's wish to hear what it has missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Whose tasks: the tenant of the connection.
    pub tenant: TenantId,
    /// Who asked.
    pub connection: ConnectionId,
    /// The last version seen of each task, 0 for none.
    pub tasks: BTreeMap<RequestId, u64>,
    /// Tasks that have been dealt with, where a replay took more than one go.
    pub done: BTreeMap<RequestId, Resumed>,
}

/// How the resumption of one task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resumed {
    /// The version up to which the client was told; 0 where the tenant has no such task.
    pub version: u64,
    /// Whether nothing is missing.
    pub recovered: bool,
}

impl Resumed {
    /// The tenant has no such task.
    pub const UNKNOWN: Self = Self {
        version: 0,
        recovered: false,
    };
}

/// What there is to tell somebody who has seen a task up to some version.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Missed<'a> {
    /// The updates to send, oldest first.
    pub updates: &'a [Update],
    /// Where the client stands after them.
    pub resumed: Resumed,
}

impl Task {
    /// What was missed after a version: every later update, or the newest alone where the history
    /// does not reach back that far. Never a part of what was missed that looks like all of it.
    pub fn missed_after(&self, seen: u64) -> Missed<'_> {
        let first = self
            .updates
            .partition_point(|update| update.version <= seen);
        let missing = &self.updates[first..];
        let recovered = missing
            .first()
            .map_or(seen >= self.version, |next| next.version == seen + 1);
        let newest = &self.updates[self.updates.len().saturating_sub(1)..];
        Missed {
            updates: if recovered { missing } else { newest },
            resumed: Resumed {
                version: self.version,
                recovered,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::ids::{LeaseToken, UserId};
    use crate::task::{MOST_UPDATES, NewTask, Progress, Terms};

    /// A running task of that version.
    fn task(version: u64) -> Task {
        let now = datetime!(2026-03-01 12:00 UTC);
        let lease = Duration::HOUR;
        let token = LeaseToken::new(Uuid::nil());
        let new = NewTask {
            request_id: RequestId::new(Uuid::nil()),
            tenant: TenantId::new("acme").unwrap(),
            owner: UserId::new("ann").unwrap(),
            kind: "aggregate".into(),
            input: Value::Null,
            tags: vec![],
            terms: Terms::default(),
        };
        let mut task = Task::submit(new, now);
        if version > 1 {
            task.claim(token, now, lease).unwrap();
        }
        for n in 2..version {
            let message = n.to_string();
            let progress = Progress {
                percent: 1,
                message,
            };
            task.advance(token, progress, now, lease).unwrap();
        }
        task
    }

    proptest! {
        #[test]
        fn all_that_was_missed_is_told_or_said_not_to_be(version in 1_u64..300, seen in 0_u64..310) {
            let task = task(version);
            let missed = task.missed_after(seen);
            let told: Vec<_> = missed.updates.iter().map(|update| update.version).collect();
            prop_assert_eq!(missed.resumed.version, version);
            if missed.resumed.recovered {
                prop_assert_eq!(told, (seen + 1..=version).collect::<Vec<_>>());
            } else {
                prop_assert_eq!(told, [version]);
                prop_assert!(version - seen > MOST_UPDATES as u64);
            }
        }
    }
}
