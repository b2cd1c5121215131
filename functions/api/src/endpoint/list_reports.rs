//! `GET /reports`: the tenant's reports, newest first, in pages.

use std::sync::Arc;

use app::list_reports::{LARGEST_PAGE, ListReportsError, USUAL_PAGE};
use axum::Json;
use axum::extract::State;
use domain::report::ReportQuery;
use protocol::http::ReportsBody;
use protocol::problem::{MEDIA_TYPE, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use super::page;
use crate::edge::{Caller, Params, Refusal, SignedIn};
use crate::state::App;

/// What the query may say.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportParams {
    /// Reports in the page.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

impl ReportParams {
    fn query(self) -> Result<ReportQuery, Refusal> {
        Ok(ReportQuery {
            after: self.cursor.as_deref().map(page::read).transpose()?,
            limit: self.limit.as_deref().map_or(Ok(USUAL_PAGE), limit)?,
        })
    }
}

fn limit(text: &str) -> Result<usize, Refusal> {
    let message = format!("must be a number from 1 to {LARGEST_PAGE}");
    text.parse()
        .map_err(|_| Refusal::invalid_query("limit", message))
}

/// Lists reports, newest first
///
/// A completed `aggregate` leaves one.
#[utoipa::path(get, path = "/reports", tag = "reports", params(ReportParams), responses(
    (status = 200, body = ReportsBody, description = "One page; the next one starts at `next_cursor`."),
    (status = 400, body = Problem, content_type = MEDIA_TYPE,
        description = "`invalid_query`"),
    SignedIn,
))]
pub(crate) async fn list_reports(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Params(params): Params<ReportParams>,
) -> Result<Json<ReportsBody>, Refusal> {
    let query = params.query()?;
    let found = app.list_reports.run(&caller.tenant, &query).await?;
    Ok(Json(ReportsBody {
        reports: found.items.iter().map(wire::report::summary).collect(),
        next_cursor: found.next.as_ref().map(page::cursor),
    }))
}

impl From<ListReportsError> for Refusal {
    fn from(error: ListReportsError) -> Self {
        match error {
            ListReportsError::Limit { .. } => Self::invalid_query("limit", error.to_string()),
            ListReportsError::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use testkit::memory::Fault;

    use crate::scene::{FOREIGN, LARGE, SMALL, Scene};

    fn ids(page: &Value) -> Vec<&str> {
        let reports = page["reports"].as_array().unwrap();
        reports
            .iter()
            .map(|report| report["request_id"].as_str().unwrap())
            .collect()
    }

    #[tokio::test]
    async fn pages_hold_every_report_of_the_tenant_once() {
        let scene = Scene::new().await;
        let first = scene.get("/reports?limit=1").await.body;
        assert_eq!(ids(&first), [LARGE]);
        let cursor = first["next_cursor"].as_str().unwrap();
        let path = format!("/reports?limit=1&cursor={cursor}");
        let second = scene.get(&path).await.body;
        assert_eq!(ids(&second), [SMALL]);
        assert_eq!(second["next_cursor"], Value::Null);
        let whole = scene.get("/reports").await.body;
        assert_eq!(ids(&whole), [LARGE, SMALL]);
        assert!(!whole.to_string().contains(FOREIGN));
    }

    #[tokio::test]
    async fn what_makes_no_sense_is_refused_by_its_name() {
        let scene = Scene::new().await;
        for (parameter, values) in [
            ("limit", &["0", "101", "-1", "1.5", "", "many"][..]),
            ("cursor", &["!", "", SMALL, "MDE4OTBhNWQ"]),
        ] {
            for value in values {
                let answer = scene.get(&format!("/reports?{parameter}={value}")).await;
                assert_eq!(answer.code(), (400, "invalid_query"), "{parameter}={value}");
                assert_eq!(answer.body["errors"][0]["field"], parameter);
            }
        }
    }

    #[tokio::test]
    async fn a_store_that_is_away_is_told() {
        let scene = Scene::new().await;
        scene.faults.always("reports.list", Fault::Unavailable);
        assert_eq!(scene.get("/reports").await.code(), (503, "unavailable"));
    }
}
