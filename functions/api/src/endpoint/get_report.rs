//! `GET /reports/{id}`: one report with its result.

use std::sync::Arc;

use app::get_report::GetReportError;
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use domain::RequestId;
use http::StatusCode;
use http::request::Parts;
use protocol::http::ReportBody;
use protocol::problem::{MEDIA_TYPE, Problem};

use crate::edge::{Caller, Refusal, SignedIn};
use crate::state::App;

/// The `{id}` of a path. A text that is no id names no report.
#[derive(Debug)]
pub(crate) struct ReportId(RequestId);

impl<S: Send + Sync> FromRequestParts<S> for ReportId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(id)| id.parse().ok());
        id.map(Self).ok_or_else(unknown_report)
    }
}

/// The tenant has no such report; another tenant's looks the same.
fn unknown_report() -> Refusal {
    let detail = "you have no report of this id; GET /reports lists those you have";
    Refusal::new(StatusCode::NOT_FOUND, "report_not_found", detail)
}

/// Reads one report with its result
#[utoipa::path(get, path = "/reports/{id}", tag = "reports",
    params(("id" = String, Path, description = "The `request_id` of the task that made it.")),
    responses(
        (status = 200, body = ReportBody, description = "`result` where it is small, else `result_url`."),
        (status = 404, body = Problem, content_type = MEDIA_TYPE,
        description = "`report_not_found`"),
        SignedIn,
    ))]
pub(crate) async fn get_report(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    ReportId(id): ReportId,
) -> Result<Json<ReportBody>, Refusal> {
    let view = app.get_report.run(&caller.tenant, id).await?;
    Ok(Json(wire::report::body(&view.report, view.link.as_ref())))
}

impl From<GetReportError> for Refusal {
    fn from(error: GetReportError) -> Self {
        match error {
            GetReportError::NotFound(_) => unknown_report(),
            GetReportError::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use testkit::memory::Fault;

    use crate::scene::{FAILED, FOREIGN, LARGE, SMALL, Scene};

    #[tokio::test]
    async fn a_small_result_is_inside_and_a_large_one_a_link() {
        let scene = Scene::new().await;
        let small = scene.get(&format!("/reports/{SMALL}")).await.body;
        let task = scene.get(&format!("/tasks/{SMALL}")).await.body;
        assert_eq!(
            (&small["result"], &small["row_count"]),
            (&task["result"], &1.into())
        );
        assert!(small.get("result_url").is_none());
        let large = scene.get(&format!("/reports/{LARGE}")).await.body;
        let link = format!("memory://acme/results/{LARGE}/1.json");
        assert_eq!(
            (&large["result_url"], &large["bytes"]),
            (&link.into(), &40_000.into())
        );
        assert!(large.get("result").is_none());
    }

    #[tokio::test]
    async fn what_is_not_the_callers_is_not_there() {
        let scene = Scene::new().await;
        let simple = SMALL.replace('-', "");
        for id in [FOREIGN, FAILED, simple.as_str(), "x", "%00", "..", "%F0%9F"] {
            let answer = scene.get(&format!("/reports/{id}")).await;
            assert_eq!(answer.status, 404, "{id}");
        }
        let answer = scene.get(&format!("/reports/{FOREIGN}")).await;
        assert_eq!(answer.code().1, "report_not_found");
    }

    #[tokio::test]
    async fn stores_that_fail_are_told_apart() {
        let scene = Scene::new().await;
        scene.faults.on("reports.find", 1, Fault::Unavailable);
        scene.faults.on("reports.find", 2, Fault::Broken);
        let path = format!("/reports/{LARGE}");
        assert_eq!(scene.get(&path).await.code(), (503, "unavailable"));
        assert_eq!(scene.get(&path).await.code(), (500, "internal"));
        scene.faults.on("results.link", 1, Fault::Unavailable);
        assert_eq!(scene.get(&path).await.code(), (503, "unavailable"));
    }
}
