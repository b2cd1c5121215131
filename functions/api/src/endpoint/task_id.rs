//! A task's id in a path.

use axum::extract::{FromRequestParts, Path};
use domain::RequestId;
use http::StatusCode;
use http::request::Parts;

use crate::edge::Refusal;

/// The `{id}` of a path. A text that is no id names no task.
#[derive(Debug)]
pub(crate) struct TaskId(pub(crate) RequestId);

impl<S: Send + Sync> FromRequestParts<S> for TaskId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(id)| id.parse().ok());
        id.map(Self).ok_or_else(unknown_task)
    }
}

/// The tenant has no such task; another tenant's looks the same.
pub(crate) fn unknown_task() -> Refusal {
    let detail = "you have no task of this id; tasks are kept for 30 days";
    Refusal::new(StatusCode::NOT_FOUND, "task_not_found", detail)
}
