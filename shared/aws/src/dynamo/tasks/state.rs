//! A task's state, spread over attributes that conditions and filters can name.

use domain::ports::PortError;
use domain::task::{Lease, Phase, State, Status, TaskResult};
use domain::{Failure, LeaseToken};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::TABLE;
use super::item::json;

/// | state | attributes |
/// |---|---|
/// | queued | `phase` queued |
/// | running | `phase` running, `lease_token`, `lease_until` |
/// | completed | `result` (JSON text), or `result_key` and `result_bytes` |
/// | failed, timed out | `failure` |
/// | cancelled | |
///
/// `status` is always there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StateFields {
    status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phase: Option<Phase>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lease_token: Option<LeaseToken>,
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    lease_until: Option<OffsetDateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result_bytes: Option<u64>,
}

/// The attributes of one state are not all there.
#[derive(Debug, thiserror::Error)]
#[error("a {} task lacks attributes of its state", .0.name())]
struct Incomplete(Status);

impl StateFields {
    pub(super) fn of(state: &State) -> Self {
        let mut fields = Self {
            status: state.status(),
            phase: state.phase(),
            lease_token: None,
            lease_until: None,
            failure: state.failure().cloned(),
            result: None,
            result_key: None,
            result_bytes: None,
        };
        match state {
            State::Running { lease } => {
                fields.lease_token = Some(lease.token);
                fields.lease_until = Some(lease.until);
            }
            State::Completed { result } => fields.keep(result),
            State::Queued | State::Failed { .. } | State::Cancelled | State::TimedOut { .. } => {}
        }
        fields
    }

    fn keep(&mut self, result: &TaskResult) {
        match result {
            TaskResult::Inline { value } => self.result = Some(value.to_string()),
            TaskResult::Stored { key, bytes } => {
                self.result_key = Some(key.clone());
                self.result_bytes = Some(*bytes);
            }
        }
    }

    pub(super) fn into_state(self) -> Result<State, PortError> {
        let incomplete = || PortError::broken(TABLE, Incomplete(self.status));
        match self.status {
            Status::Processing => match (self.phase, self.lease_token, self.lease_until) {
                (Some(Phase::Queued), ..) => Ok(State::Queued),
                (Some(Phase::Running), Some(token), Some(until)) => Ok(State::Running {
                    lease: Lease { token, until },
                }),
                _ => Err(incomplete()),
            },
            Status::Completed => Ok(State::Completed {
                result: self.into_result()?,
            }),
            Status::Failed => Ok(State::Failed {
                failure: self.failure.ok_or_else(incomplete)?,
            }),
            Status::Cancelled => Ok(State::Cancelled),
            Status::TimedOut => Ok(State::TimedOut {
                failure: self.failure.ok_or_else(incomplete)?,
            }),
        }
    }

    fn into_result(self) -> Result<TaskResult, PortError> {
        match (self.result_key, self.result_bytes) {
            (Some(key), Some(bytes)) => Ok(TaskResult::Stored { key, bytes }),
            _ => Ok(TaskResult::Inline {
                value: json(self.result)?,
            }),
        }
    }
}
