//! `GET /tasks`: the tenant's tasks, newest first, in pages.

use std::sync::Arc;

use app::list_tasks::{LARGEST_PAGE, ListTasksError, TaskFilter};
use axum::Json;
use axum::extract::State;
use domain::Status;
use domain::ports::TaskPage;
use protocol::http::TasksBody;
use protocol::problem::{MEDIA_TYPE, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use super::page::{self, moment};
use crate::edge::{Caller, Params, Refusal, SignedIn};
use crate::state::App;

/// What the query may say.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListParams {
    /// Only this status.
    #[param(inline, value_type = Option<protocol::task::Status>)]
    status: Option<String>,
    /// Only this kind.
    #[param(example = "aggregate")]
    kind: Option<String>,
    /// Only with this tag.
    tag: Option<String>,
    /// Only tasks submitted at this moment or later.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<String>,
    /// Only tasks submitted before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<String>,
    /// Tasks in the page.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `next_cursor` of the page before. A page's filters should stay the same.
    cursor: Option<String>,
}

impl ListParams {
    fn filter(self) -> Result<TaskFilter, Refusal> {
        Ok(TaskFilter {
            status: self.status.as_deref().map(status).transpose()?,
            from: moment("from", self.from.as_deref())?,
            to: moment("to", self.to.as_deref())?,
            before: self.cursor.as_deref().map(page::read).transpose()?,
            limit: self.limit.as_deref().map(limit).transpose()?,
            kind: self.kind,
            tag: self.tag,
        })
    }
}

fn status(name: &str) -> Result<Status, Refusal> {
    let names = Status::ALL.map(Status::name).join(", ");
    let message = format!("must be one of {names}");
    Status::from_name(name).ok_or_else(|| Refusal::invalid_query("status", message))
}

fn limit(text: &str) -> Result<usize, Refusal> {
    let message = format!("must be a number from 1 to {LARGEST_PAGE}");
    text.parse()
        .map_err(|_| Refusal::invalid_query("limit", message))
}

/// Lists tasks, newest first
#[utoipa::path(get, path = "/tasks", tag = "tasks", params(ListParams), responses(
    (status = 200, body = TasksBody, description = "One page; the next one starts at `next_cursor`."),
    (status = 400, body = Problem, content_type = MEDIA_TYPE,
        description = "`invalid_query`"),
    SignedIn,
))]
pub(crate) async fn list_tasks(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Params(params): Params<ListParams>,
) -> Result<Json<TasksBody>, Refusal> {
    let filter = params.filter()?;
    let tasks = app.list_tasks.run(&caller.tenant, filter).await?;
    Ok(Json(page_body(&tasks)))
}

fn page_body(tasks: &TaskPage) -> TasksBody {
    TasksBody {
        tasks: tasks.items.iter().map(wire::task::summary).collect(),
        next_cursor: tasks.next.as_ref().map(page::cursor),
    }
}

impl From<ListTasksError> for Refusal {
    fn from(error: ListTasksError) -> Self {
        match error {
            ListTasksError::Limit { .. } => {
                let message = format!("must be a number from 1 to {LARGEST_PAGE}");
                Self::invalid_query("limit", message)
            }
            ListTasksError::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use testkit::memory::Fault;

    use crate::scene::{EXTERNAL, FAILED, FOREIGN, LARGE, RUNNING, SMALL, Scene};

    fn ids(page: &Value) -> Vec<&str> {
        let tasks = page["tasks"].as_array().unwrap();
        tasks
            .iter()
            .map(|task| task["request_id"].as_str().unwrap())
            .collect()
    }

    #[tokio::test]
    async fn pages_hold_every_task_of_the_tenant_once() {
        let scene = Scene::new().await;
        let first = scene.get("/tasks?limit=3").await.body;
        assert_eq!(ids(&first), [EXTERNAL, FAILED, RUNNING]);
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = scene
            .get(&format!("/tasks?limit=3&cursor={cursor}"))
            .await
            .body;
        assert_eq!(ids(&second), [LARGE, SMALL]);
        assert_eq!(second["next_cursor"], Value::Null);
        assert!(!second.to_string().contains(FOREIGN));
    }

    #[tokio::test]
    async fn filters_narrow_the_list() {
        let scene = Scene::new().await;
        for (query, expected) in [
            ("status=processing", vec![EXTERNAL, RUNNING]),
            ("status=processing&kind=external", vec![EXTERNAL]),
            ("status=failed&kind=aggregate&tag=nightly", vec![FAILED]),
            ("kind=export", vec![]),
            ("from=2023-07-01T00:00:00Z", vec![]),
            (
                "from=2023-06-29T00:00:00Z&to=2023-07-01T00:00:00%2B02:00",
                vec![EXTERNAL, FAILED, RUNNING, LARGE, SMALL],
            ),
            ("tag=weekly", vec![]),
        ] {
            let answer = scene.get(&format!("/tasks?{query}")).await;
            assert_eq!(ids(&answer.body), expected, "{query}");
        }
    }

    #[tokio::test]
    async fn what_makes_no_sense_is_refused_by_its_name() {
        let scene = Scene::new().await;
        for (parameter, values) in [
            ("limit", &["0", "101", "-1", "1.5", "", "many"][..]),
            ("status", &["done", "", "Completed"]),
            ("from", &["", "yesterday", "2023-06-29", "1688083200"]),
            ("to", &["2023-06-31T00:00:00Z"]),
            ("cursor", &["!", "", SMALL, "MDE4OTBhNWQ"]),
        ] {
            for value in values {
                let answer = scene.get(&format!("/tasks?{parameter}={value}")).await;
                assert_eq!(answer.code(), (400, "invalid_query"), "{parameter}={value}");
                assert_eq!(answer.body["errors"][0]["field"], parameter);
            }
        }
    }

    #[tokio::test]
    async fn a_table_that_is_away_is_told() {
        let scene = Scene::new().await;
        scene.faults.always("tasks.list", Fault::Unavailable);
        assert_eq!(scene.get("/tasks").await.code(), (503, "unavailable"));
    }
}
