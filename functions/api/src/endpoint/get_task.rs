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
    let (view, spent) = app.tell_cost.run(&caller.tenant, id).await?;
    Ok(Json(TaskBody {
        usage: spent.map(|spent| wire::usage::body(&spent.usage)),
        cost_usd: spent.map(|spent| spent.cost.dollars()),
        ..wire::task::body(&view.task, view.link.as_ref())
    }))
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
    use domain::ports::LateUsage as _;
    use domain::{Architecture, Prices, Usage, Usd};
    use testkit::memory::Fault;

    use crate::scene::{FAILED, FOREIGN, LARGE, RUNNING, SMALL, Scene};

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
    async fn what_an_ended_task_used_is_told_with_its_cost() {
        let scene = Scene::new().await;
        let path = format!("/tasks/{SMALL}");
        let task = scene.tasks.get(SMALL.parse().unwrap()).unwrap();
        let late = Usage {
            websocket_messages: 4,
            write_units: 1,
            ..Usage::NONE
        };
        let added = scene.tasks.add(&task.tenant, task.request_id, late);
        added.await.unwrap();
        let body = scene.get(&path).await.body;
        assert_eq!(body["usage"]["websocket_messages"], 4);
        assert_eq!(body["usage"]["lambda_ms"], 250.0);
        let usage = task.usage + late;
        let cost = usage.cost(&Prices::us_east_1(Architecture::Arm64));
        assert!(cost > Usd::ZERO);
        assert_eq!(body["cost_usd"], cost.dollars());
    }

    #[tokio::test]
    async fn what_is_not_known_yet_is_not_told() {
        let scene = Scene::new().await;
        let running = scene.get(&format!("/tasks/{RUNNING}")).await.body;
        // It failed before anything was counted.
        let old = scene.get(&format!("/tasks/{FAILED}")).await.body;
        scene.faults.always("late_usage.total", Fault::Unavailable);
        let ended = scene.get(&format!("/tasks/{SMALL}")).await;
        assert_eq!(ended.status, 200);
        for task in [running, old, ended.body] {
            assert!(task.get("usage").is_none() && task.get("cost_usd").is_none());
        }
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
