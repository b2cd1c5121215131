//! `POST /notify`: a worker outside reports on a task.

use std::sync::Arc;

use app::report_task::{ReportTaskError, TaskReport};
use axum::Json;
use axum::extract::State;
use domain::text::{cut, is_plain};
use http::StatusCode;
use protocol::http::{NotifiedBody, NotifyBody};
use protocol::problem::{MEDIA_TYPE, Problem};
use protocol::task::Status;
use serde_json::Value;

use super::task_id::unknown_task;
use crate::edge::{JsonBody, Notifier, Refusal, SignedIn};
use crate::state::App;

/// Longest body, in bytes: room for the largest result, written with spaces.
const LONGEST_BODY: usize = 128 * 1024;

/// Longest message of a report, in bytes; a longer one is cut.
const LONGEST_MESSAGE: usize = 1_000;

/// Longest code of an error, in bytes.
const LONGEST_CODE: usize = 64;

/// Reports on a task that runs outside
///
/// The first report takes the task for its caller, each one holds it for five minutes more. An end
/// told twice is fine.
#[utoipa::path(post, path = "/notify", tag = "tasks", request_body = NotifyBody, responses(
    (status = 200, body = NotifiedBody, description = "The task after the report."),
    (status = 400, body = Problem, content_type = MEDIA_TYPE, description = "`malformed_json`"),
    (status = 404, body = Problem, content_type = MEDIA_TYPE, description = "`task_not_found`"),
    (status = 409, body = Problem, content_type = MEDIA_TYPE,
        description = "`task_ended`, `task_held` by another worker, `task_not_external`"),
    (status = 413, body = Problem, content_type = MEDIA_TYPE,
        description = "`body_too_large` (over 128 KiB), `result_too_large` (over 32 KiB)"),
    (status = 415, body = Problem, content_type = MEDIA_TYPE,
        description = "`unsupported_media_type`"),
    (status = 422, body = Problem, content_type = MEDIA_TYPE,
        description = "`invalid_body`; `errors` names the fields"),
    SignedIn,
    (status = 403, body = Problem, content_type = MEDIA_TYPE,
        description = "`forbidden`: the caller may not report; `no_tenant`"),
))]
pub(crate) async fn post_notify(
    State(app): State<Arc<App>>,
    Notifier(caller): Notifier,
    JsonBody(body): JsonBody<NotifyBody, LONGEST_BODY>,
) -> Result<Json<NotifiedBody>, Refusal> {
    let id = body.request_id.parse().map_err(|_| unknown_task())?;
    let report = report(body)?;
    let task = app.report_task.run(&caller, id, &report).await?;
    Ok(Json(wire::notify::notified(&task)))
}

fn report(body: NotifyBody) -> Result<TaskReport, Refusal> {
    if let Some(field) = wire::notify::surplus(&body).first() {
        return Err(Refusal::invalid_body(field, "does not go with this status"));
    }
    match body.status {
        Status::Processing => {
            let Some(mut progress) = body.progress else {
                return Ok(TaskReport::Working(None));
            };
            if progress.percent > 100 {
                return Err(Refusal::invalid_body(
                    "progress.percent",
                    "must be 0 to 100",
                ));
            }
            let kept = cut(&progress.message, LONGEST_MESSAGE).len();
            progress.message.truncate(kept);
            Ok(TaskReport::Working(Some(wire::notify::progress(progress))))
        }
        Status::Completed => Ok(TaskReport::Completed(body.result.unwrap_or(Value::Null))),
        Status::Failed => {
            let missing = || Refusal::invalid_body("error", "say why, as {\"code\", \"message\"}");
            let mut error = body.error.ok_or_else(missing)?;
            if !is_plain(&error.code, LONGEST_CODE) {
                let message = format!("must be 1 to {LONGEST_CODE} bytes of plain text");
                return Err(Refusal::invalid_body("error.code", message));
            }
            let kept = cut(&error.message, LONGEST_MESSAGE).len();
            error.message.truncate(kept);
            Ok(TaskReport::Failed(wire::notify::failure(error)))
        }
        Status::Cancelled | Status::TimedOut => Err(Refusal::invalid_body(
            "status",
            "must be processing, completed or failed",
        )),
    }
}

impl From<ReportTaskError> for Refusal {
    fn from(error: ReportTaskError) -> Self {
        let detail = error.to_string();
        let conflict = |code| Self::new(StatusCode::CONFLICT, code, detail.clone());
        match error {
            ReportTaskError::Unknown => unknown_task(),
            ReportTaskError::NotOutside { .. } => conflict("task_not_external"),
            ReportTaskError::Held { .. } => conflict("task_held"),
            ReportTaskError::Ended(_) => conflict("task_ended"),
            ReportTaskError::TooLarge { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "result_too_large", detail)
            }
            ReportTaskError::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::scene::{EXTERNAL, FOREIGN, RUNNING, SMALL, Scene, sample};

    async fn tell(scene: &Scene, body: serde_json::Value) -> (u64, String) {
        let answer = scene.post("/notify", body).await;
        (answer.status, answer.code().1.to_owned())
    }

    #[tokio::test]
    async fn a_worker_takes_a_task_and_ends_it() {
        let scene = Scene::new().await;
        let progress = json!({"percent": 40, "message": "reading"});
        let body = json!({"request_id": EXTERNAL, "status": "processing", "progress": progress});
        let answer = scene.post("/notify", body).await;
        let expected = json!({
            "request_id": EXTERNAL, "status": "processing", "phase": "running", "version": 3,
        });
        assert_eq!((answer.status, answer.body), (200, expected));
        let end = json!({"request_id": EXTERNAL, "status": "completed", "result": {"rows": 3}});
        for _ in 0..2 {
            let answer = scene.post("/notify", &end).await;
            assert_eq!((answer.status, &answer.body["version"]), (200, &json!(4)));
        }
        let task = scene.get(&format!("/tasks/{EXTERNAL}")).await.body;
        assert_eq!(
            (&task["status"], &task["result"]),
            (&json!("completed"), &json!({"rows": 3}))
        );
        assert_eq!(
            task["progress"],
            json!({"percent": 100, "message": "reading"})
        );
        assert_eq!(scene.updates.take().len(), 3);
    }

    #[tokio::test]
    async fn only_notifiers_are_heard() {
        let scene = Scene::new().await;
        let mut event = sample("notify");
        let authorizer = event.request_context.authorizer.as_mut().unwrap();
        let claims = &mut authorizer.jwt.as_mut().unwrap().claims;
        claims.insert("cognito:groups".into(), "[operator]".into());
        assert_eq!(scene.ask(event).await.code(), (403, "forbidden"));
        assert!(scene.updates.take().is_empty());
    }

    #[tokio::test]
    async fn what_changes_nothing_is_refused_with_its_reason() {
        let scene = Scene::new().await;
        let unknown = "01890a5d-ac96-774b-bcce-b302099a80ff";
        for (id, expected) in [
            (SMALL, (409, "task_not_external")),
            (RUNNING, (409, "task_not_external")),
            (FOREIGN, (404, "task_not_found")),
            (unknown, (404, "task_not_found")),
            ("1", (404, "task_not_found")),
        ] {
            let body = json!({"request_id": id, "status": "processing"});
            let (status, code) = tell(&scene, body).await;
            assert_eq!((status, code.as_str()), expected, "{id}");
        }
        let with = |fields: serde_json::Value| {
            let mut body = json!({"request_id": EXTERNAL});
            let fields = fields.as_object().unwrap().clone();
            body.as_object_mut().unwrap().extend(fields);
            body
        };
        let error = json!({"code": "x", "message": "y"});
        for (fields, expected) in [
            (json!({}), (422, "invalid_body")),
            (json!({"status": "cancelled"}), (422, "invalid_body")),
            (json!({"status": "failed"}), (422, "invalid_body")),
            (
                json!({"status": "failed", "error": {"code": "", "message": ""}}),
                (422, "invalid_body"),
            ),
            (
                json!({"status": "completed", "error": error}),
                (422, "invalid_body"),
            ),
            (
                json!({"status": "processing", "result": 1}),
                (422, "invalid_body"),
            ),
            (
                json!({"status": "processing", "progress": {"percent": 101, "message": ""}}),
                (422, "invalid_body"),
            ),
            (
                json!({"status": "completed", "result": "x".repeat(40_000)}),
                (413, "result_too_large"),
            ),
        ] {
            let (status, code) = tell(&scene, with(fields.clone())).await;
            assert_eq!((status, code.as_str()), expected, "{fields}");
        }
        assert!(scene.updates.take().is_empty());
        assert_eq!(
            tell(&scene, with(json!({"status": "failed", "error": error})))
                .await
                .0,
            200
        );
        let (status, code) = tell(&scene, with(json!({"status": "processing"}))).await;
        assert_eq!((status, code.as_str()), (409, "task_ended"));
    }
}
