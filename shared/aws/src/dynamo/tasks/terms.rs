//! How a task is to be run, as attributes; each is there where it says something.

use domain::task::{Priority, Terms};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct TermsFields {
    #[serde(default, skip_serializing_if = "is_normal")]
    priority: Priority,
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    run_at: Option<OffsetDateTime>,
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    deadline: Option<OffsetDateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    callback_url: Option<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_normal(priority: &Priority) -> bool {
    *priority == Priority::Normal
}

impl TermsFields {
    pub(super) fn of(terms: &Terms) -> Self {
        Self {
            priority: terms.priority,
            run_at: terms.run_at,
            deadline: terms.deadline,
            callback_url: terms.callback_url.clone(),
        }
    }

    pub(super) fn into_terms(self) -> Terms {
        Terms {
            priority: self.priority,
            run_at: self.run_at,
            deadline: self.deadline,
            callback_url: self.callback_url,
        }
    }
}
