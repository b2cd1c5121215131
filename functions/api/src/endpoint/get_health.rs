//! `GET /health`: whether the databases answer. Open to everybody.

use std::sync::Arc;

use app::check_health::{HealthReport, Unwell};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use protocol::http::HealthBody;

use crate::state::App;

/// Tells whether the databases answer
#[utoipa::path(get, path = "/health", tag = "service", security(()), responses(
    (status = 200, body = HealthBody, description = "All databases answer."),
    (status = 503, body = HealthBody, description = "`checks` says which database does not."),
))]
pub(crate) async fn get_health(State(app): State<Arc<App>>) -> (StatusCode, Json<HealthBody>) {
    let report = app.check_health.run().await;
    log_causes(&report);
    let status = if report.is_ok() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(body(&report)))
}

fn body(report: &HealthReport) -> HealthBody {
    let word = |ok: bool| if ok { "ok" } else { "unavailable" }.to_owned();
    let check =
        |(name, answer): (&&str, &Result<(), Unwell>)| ((*name).to_owned(), word(answer.is_ok()));
    HealthBody {
        status: word(report.is_ok()),
        checks: report.checks.iter().map(check).collect(),
    }
}

/// Callers see which database is away; why is for the log.
fn log_causes(report: &HealthReport) {
    for (server, answer) in &report.checks {
        if let Err(error) = answer {
            tracing::warn!(server, error.cause = domain::causes(error), "unwell");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::memory::Fault;

    use crate::scene::{Scene, sample};

    #[tokio::test]
    async fn a_database_that_is_away_is_named() {
        let scene = Scene::new().await;
        scene.faults.always("mongodb", Fault::Unavailable);
        let answer = scene.ask(sample("health")).await;
        assert_eq!(answer.status, 503);
        let expected = json!({"status": "unavailable",
            "checks": {"mongodb": "unavailable", "postgres": "ok"}});
        assert_eq!(answer.body, expected);
    }
}
