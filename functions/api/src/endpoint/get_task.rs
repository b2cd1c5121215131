//! `GET /tasks/{id}`: one task with its history.

use std::sync::Arc;

use app::get_task::GetTaskError;
use axum::Json;
use axum::extract::State;
use protocol::http::TaskBody;
use protocol::problem::{MEDIA_TYPE, Problem};

use super::task_id::{TaskId, unknown_task};
use crate::edge::{Caller, Refusal, SignedIn};
use crate::state::App;

/// Reads one task with its history
#[utoipa::path(get, path = "/tasks/{id}", tag = "tasks",
    params(("id" = String, Path, description = "The task's `request_id`.")),
    responses(
        (status = 200, body = TaskBody, description = "The task."),
        (status = 404, body = Problem, content_type = MEDIA_TYPE,
        description = "`task_not_found`"),
        SignedIn,
    ))]
pub(crate) async fn get_task(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    TaskId(id): TaskId,
) -> Result<Json<TaskBody>, Refusal> {
    let view = app.get_task.run(&caller.tenant, id).await?;
    Ok(Json(wire::task::body(&view.task, view.link.as_ref())))
}

impl From<GetTaskError> for Refusal {
    fn from(error: GetTaskError) -> Self {
        match error {
            GetTaskError::NotFound(_) => unknown_task(),
            GetTaskError::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use testkit::memory::Fault;

    use crate::scene::{FAILED, FOREIGN, LARGE, Scene};

    #[tokio::test]
    async fn a_large_result_is_a_link() {
        let task = Scene::new()
            .await
            .get(&format!("/tasks/{LARGE}"))
            .await
            .body;
        let link = format!("memory://acme/results/{LARGE}/1.json");
        assert_eq!(task["result_url"], link);
        assert!(task.get("result").is_none());
    }

    #[tokio::test]
    async fn a_failure_is_told_with_its_reason() {
        let task = Scene::new()
            .await
            .get(&format!("/tasks/{FAILED}"))
            .await
            .body;
        assert_eq!(task["status"], "failed");
        assert_eq!(task["error"]["code"], "invalid_input");
    }

    #[tokio::test]
    async fn what_is_not_the_callers_is_not_there() {
        let scene = Scene::new().await;
        let simple = FOREIGN.replace('-', "");
        for id in [FOREIGN, simple.as_str(), "x", "%00", "..", "%F0%9F"] {
            let answer = scene.get(&format!("/tasks/{id}")).await;
            assert_eq!(answer.status, 404, "{id}");
        }
        assert_eq!(
            scene.get(&format!("/tasks/{FOREIGN}")).await.code().1,
            "task_not_found"
        );
    }

    #[tokio::test]
    async fn stores_that_fail_are_told_apart() {
        let scene = Scene::new().await;
        scene.faults.on("tasks.load", 1, Fault::Unavailable);
        scene.faults.on("tasks.load", 2, Fault::Broken);
        let path = format!("/tasks/{LARGE}");
        assert_eq!(scene.get(&path).await.code(), (503, "unavailable"));
        assert_eq!(scene.get(&path).await.code(), (500, "internal"));
        scene.faults.on("results.link", 1, Fault::Unavailable);
        assert_eq!(scene.get(&path).await.code(), (503, "unavailable"));
    }
}
