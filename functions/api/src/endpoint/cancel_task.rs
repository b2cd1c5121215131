//! `DELETE /tasks/{id}`: calls a task off.

use std::sync::Arc;

use app::cancel_task::CancelTaskError;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use protocol::http::TaskBody;
use protocol::problem::{MEDIA_TYPE, Problem};

use super::task_id::{TaskId, unknown_task};
use crate::edge::{Caller, Refusal, SignedIn};
use crate::state::App;

/// Calls a task off, also while it runs
///
/// A running task stops within seconds, and nothing of it takes effect after this answer.
/// Calling off a task that was called off before answers the same.
#[utoipa::path(delete, path = "/tasks/{id}", tag = "tasks",
    params(("id" = String, Path, description = "The task's `request_id`.")),
    responses(
        (status = 200, body = TaskBody, description = "The task, `cancelled`."),
        (status = 404, body = Problem, content_type = MEDIA_TYPE,
        description = "`task_not_found`"),
        (status = 409, body = Problem, content_type = MEDIA_TYPE,
        description = "`task_ended`: it completed, failed or timed out before"),
        SignedIn,
    ))]
pub(crate) async fn cancel_task(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    TaskId(id): TaskId,
) -> Result<Json<TaskBody>, Refusal> {
    let task = app.cancel_task.run(&caller.tenant, id).await?;
    // A cancelled task has no result, so there is none to link to.
    Ok(Json(wire::task::body(&task, None)))
}

impl From<CancelTaskError> for Refusal {
    fn from(error: CancelTaskError) -> Self {
        let detail = error.to_string();
        match error {
            CancelTaskError::NotFound(_) => unknown_task(),
            CancelTaskError::Ended(_) => Self::new(StatusCode::CONFLICT, "task_ended", detail),
            CancelTaskError::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use testkit::memory::Fault;

    use crate::scene::{FAILED, FOREIGN, RUNNING, SMALL, Scene};

    #[tokio::test]
    async fn a_task_is_called_off_once_and_stays_so() {
        let scene = Scene::new().await;
        let first = scene.delete(&format!("/tasks/{RUNNING}")).await;
        assert_eq!(
            (first.status, &first.body["status"]),
            (200, &"cancelled".into())
        );
        let second = scene.delete(&format!("/tasks/{RUNNING}")).await;
        assert_eq!((second.status, second.body), (200, first.body));
    }

    #[tokio::test]
    async fn what_has_ended_or_is_not_there_is_refused() {
        let scene = Scene::new().await;
        for (id, expected) in [
            (SMALL, (409, "task_ended")),
            (FAILED, (409, "task_ended")),
            (FOREIGN, (404, "task_not_found")),
            ("x", (404, "task_not_found")),
        ] {
            let answer = scene.delete(&format!("/tasks/{id}")).await;
            assert_eq!(answer.code(), expected, "{id}");
        }
    }

    #[tokio::test]
    async fn stores_that_fail_are_told_apart() {
        let scene = Scene::new().await;
        let path = format!("/tasks/{RUNNING}");
        scene.faults.on("tasks.load", 1, Fault::Unavailable);
        assert_eq!(scene.delete(&path).await.code(), (503, "unavailable"));
        scene.faults.always("tasks.replace", Fault::Conflict);
        assert_eq!(scene.delete(&path).await.code(), (409, "conflict"));
    }
}
