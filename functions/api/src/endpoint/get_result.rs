//! `GET /tasks/{id}/result`: what came out of a task.

use std::sync::Arc;

use app::get_result::{GetResultError, ResultView};
use axum::Json;
use axum::extract::State;
use domain::{Failure, Status};
use http::StatusCode;
use protocol::http::ResultBody;
use protocol::problem::{MEDIA_TYPE, Problem};

use super::task_id::{TaskId, unknown_task};
use crate::edge::{Caller, Refusal, SignedIn};
use crate::state::App;

/// Reads a task's result, or gets a short-lived link to it
#[utoipa::path(get, path = "/tasks/{id}/result", tag = "tasks",
    params(("id" = String, Path, description = "The task's `request_id`.")),
    responses(
        (status = 200, body = ResultBody, description = "`result` where it is small, else `result_url`."),
        (status = 404, body = Problem, content_type = MEDIA_TYPE,
        description = "`task_not_found`"),
        (status = 409, body = Problem, content_type = MEDIA_TYPE,
        description = "`result_not_ready`: the task is not completed"),
        SignedIn,
    ))]
pub(crate) async fn get_result(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    TaskId(id): TaskId,
) -> Result<Json<ResultBody>, Refusal> {
    let view = app.get_result.run(&caller.tenant, id).await?;
    Ok(Json(result_body(view)))
}

fn result_body(view: ResultView) -> ResultBody {
    match view {
        ResultView::Inline(result) => ResultBody::Inline { result },
        ResultView::Link(link) => ResultBody::Link {
            result_url: link.url,
            expires_at: link.expires_at,
        },
    }
}

impl From<GetResultError> for Refusal {
    fn from(error: GetResultError) -> Self {
        match error {
            GetResultError::NotFound(_) => unknown_task(),
            GetResultError::NotReady { status, failure } => not_ready(status, failure.as_ref()),
            GetResultError::Store(cause) => cause.into(),
        }
    }
}

fn not_ready(status: Status, failure: Option<&Failure>) -> Refusal {
    let detail = match (status.is_terminal(), failure) {
        (false, _) => "the task is still processing; its updates say when it is done".into(),
        (true, Some(failure)) => format!("the task is {}: {failure}", status.name()),
        (true, None) => format!("the task is {} and has no result", status.name()),
    };
    Refusal::new(StatusCode::CONFLICT, "result_not_ready", detail)
}

#[cfg(test)]
mod tests {
    use testkit::memory::Fault;

    use crate::scene::{FAILED, FOREIGN, SMALL, Scene};

    #[tokio::test]
    async fn a_failed_task_says_why_it_has_no_result() {
        let answer = Scene::new()
            .await
            .get(&format!("/tasks/{FAILED}/result"))
            .await;
        assert_eq!(answer.code(), (409, "result_not_ready"));
        let detail = "the task is failed: invalid_input: window: unknown";
        assert_eq!(answer.body["detail"], detail);
    }

    #[tokio::test]
    async fn another_tenants_result_is_not_there() {
        let scene = Scene::new().await;
        for id in [FOREIGN, "x"] {
            let answer = scene.get(&format!("/tasks/{id}/result")).await;
            assert_eq!(answer.code(), (404, "task_not_found"), "{id}");
        }
    }

    #[tokio::test]
    async fn a_table_that_is_away_is_told() {
        let scene = Scene::new().await;
        scene.faults.always("tasks.load", Fault::Unavailable);
        let answer = scene.get(&format!("/tasks/{SMALL}/result")).await;
        assert_eq!(answer.code(), (503, "unavailable"));
    }
}
