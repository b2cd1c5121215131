//! `POST /tasks/{id}/retry`: runs a task again that ended without a result.

use std::sync::Arc;

use app::retry_task::RetryTaskError;
use axum::Json;
use axum::extract::State;
use domain::Task;
use http::StatusCode;
use protocol::http::SubmittedBody;
use protocol::problem::{MEDIA_TYPE, Problem};
use protocol::task::Status;

use super::task_id::{TaskId, unknown_task};
use crate::edge::{Caller, Refusal, SignedIn};
use crate::state::App;

/// Runs a failed, cancelled or timed out task again
///
/// It keeps its `request_id`, input and terms; its attempts are numbered on.
#[utoipa::path(post, path = "/tasks/{id}/retry", tag = "tasks",
    params(("id" = String, Path, description = "The task's `request_id`.")),
    responses(
        (status = 202, body = SubmittedBody, description = "The task is queued again."),
        (status = 404, body = Problem, content_type = MEDIA_TYPE,
        description = "`task_not_found`"),
        (status = 409, body = Problem, content_type = MEDIA_TYPE,
        description = "`not_retriable`: it goes on, is completed, or its deadline has passed"),
        (status = 429, body = Problem, content_type = MEDIA_TYPE,
        description = "`paused`: tasks of its kind or tenant are not taken on for a while; it stays as it is",
        headers(("Retry-After" = u64, description = "Seconds until it is worth another try."))),
        SignedIn,
    ))]
pub(crate) async fn retry_task(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    TaskId(id): TaskId,
) -> Result<(StatusCode, Json<SubmittedBody>), Refusal> {
    let task = app.retry_task.run(&caller.tenant, id).await?;
    Ok((StatusCode::ACCEPTED, Json(confirmation(&task))))
}

fn confirmation(task: &Task) -> SubmittedBody {
    SubmittedBody {
        request_id: task.request_id.to_string(),
        status: Status::Processing,
        message: "Your task has been queued again.".into(),
        version: task.version,
    }
}

impl From<RetryTaskError> for Refusal {
    fn from(error: RetryTaskError) -> Self {
        let detail = error.to_string();
        match error {
            RetryTaskError::NotFound(_) => unknown_task(),
            RetryTaskError::NotRetriable(_) | RetryTaskError::Overdue(_) => {
                Self::new(StatusCode::CONFLICT, "not_retriable", detail)
            }
            RetryTaskError::Paused(paused) => paused.into(),
            RetryTaskError::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::ports::Pauses as _;
    use testkit::build::{self, NOW};
    use testkit::memory::Fault;

    use crate::scene::{FAILED, FOREIGN, RUNNING, SMALL, Scene};

    #[tokio::test]
    async fn a_failed_task_is_sent_to_the_workers_once_more() {
        let scene = Scene::new().await;
        let path = format!("/tasks/{FAILED}/retry");
        let answer = scene.post(&path, "").await;
        assert_eq!((answer.status, &answer.body["version"]), (202, &4.into()));
        let sent: Vec<_> = scene.queue.take().into_iter().map(|(_, id)| id).collect();
        assert_eq!(sent, [FAILED.parse().unwrap()]);
        assert_eq!(scene.post(&path, "").await.code(), (409, "not_retriable"));
    }

    #[tokio::test]
    async fn what_goes_on_has_a_result_or_is_not_there_is_refused() {
        let scene = Scene::new().await;
        for (id, expected) in [
            (SMALL, (409, "not_retriable")),
            (RUNNING, (409, "not_retriable")),
            (FOREIGN, (404, "task_not_found")),
            ("x", (404, "task_not_found")),
        ] {
            let answer = scene.post(&format!("/tasks/{id}/retry"), "").await;
            assert_eq!(answer.code(), expected, "{id}");
        }
        assert!(scene.queue.take().is_empty());
    }

    #[tokio::test]
    async fn what_is_paused_stays_as_it_is() {
        let scene = Scene::new().await;
        let pause = build::pause("tenant:acme", "operator:ada", NOW);
        scene.pauses.pause(&pause).await.unwrap();
        let before = scene.tasks.get(FAILED.parse().unwrap());
        let answer = scene.post(&format!("/tasks/{FAILED}/retry"), "").await;
        assert_eq!(answer.code(), (429, "paused"));
        assert_eq!(answer.headers["retry-after"], "60");
        assert_eq!(scene.tasks.get(FAILED.parse().unwrap()), before);
        let ended = scene.post(&format!("/tasks/{SMALL}/retry"), "").await;
        assert_eq!(ended.code(), (409, "not_retriable"));
        assert!(scene.queue.take().is_empty());
    }

    #[tokio::test]
    async fn a_store_that_is_away_is_told() {
        let scene = Scene::new().await;
        scene.faults.always("tasks.replace", Fault::Unavailable);
        let answer = scene.post(&format!("/tasks/{FAILED}/retry"), "").await;
        assert_eq!(answer.code(), (503, "unavailable"));
    }
}
