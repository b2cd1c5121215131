//! `GET /dashboard`: the three figures that the page opens with.

use std::sync::Arc;

use app::read_dashboard::ReadDashboardError;
use axum::Json;
use axum::extract::State;
use domain::Window;
use protocol::http::DashboardBody;
use protocol::problem::{MEDIA_TYPE, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::edge::{Caller, Params, Refusal, SignedIn};
use crate::state::App;

/// What the query may say.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DashboardParams {
    /// How far back the mean looks: `1h`, `24h` (the default), `7d` or `all`.
    #[param(example = "7d")]
    window: Option<String>,
}

impl DashboardParams {
    fn window(&self) -> Result<Window, Refusal> {
        let Some(name) = &self.window else {
            return Ok(Window::default());
        };
        let message = format!("must be one of {}", Window::NAMES.join(", "));
        name.parse()
            .map_err(|_| Refusal::invalid_query("window", message))
    }
}

/// Reads the dashboard's three figures
#[utoipa::path(get, path = "/dashboard", tag = "dashboard", params(DashboardParams), responses(
    (status = 200, body = DashboardBody, description = "The figures of the caller's tenant."),
    (status = 400, body = Problem, content_type = MEDIA_TYPE,
        description = "`invalid_query`"),
    SignedIn,
))]
pub(crate) async fn get_dashboard(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Params(params): Params<DashboardParams>,
) -> Result<Json<DashboardBody>, Refusal> {
    let window = params.window()?;
    let figures = app.read_dashboard.run(&caller.tenant, window).await?;
    Ok(Json(DashboardBody {
        user_count: figures.user_count,
        active_sessions: figures.active_sessions,
        avg_response_time_ms: figures.avg_response_time_ms,
    }))
}

impl From<ReadDashboardError> for Refusal {
    fn from(ReadDashboardError(cause): ReadDashboardError) -> Self {
        cause.into()
    }
}

#[cfg(test)]
mod tests {
    use testkit::memory::Fault;

    use crate::scene::{Scene, sample};

    #[tokio::test]
    async fn figures_are_made_of_the_events_inside_the_window() {
        let scene = Scene::new().await;
        scene.ask(sample("events-good")).await;
        for (query, mean) in [
            ("", 101.5),
            ("?window=1h", 101.5),
            ("?window=all&utm=x", 101.5),
        ] {
            let figures = scene.get(&format!("/dashboard{query}")).await.body;
            assert_eq!(figures["user_count"], 3, "u0, u1 and u3");
            assert_eq!(figures["active_sessions"], 1);
            assert_eq!(figures["avg_response_time_ms"], mean, "{query}");
            assert_eq!(figures.as_object().unwrap().len(), 3, "exactly these");
        }
    }

    #[tokio::test]
    async fn a_window_is_given_once_and_by_its_name() {
        let scene = Scene::new().await;
        for query in ["window=", "window=1d", "window=ALL", "window=7d&window=7d"] {
            let answer = scene.get(&format!("/dashboard?{query}")).await;
            assert_eq!(answer.code(), (400, "invalid_query"), "{query}");
        }
    }

    #[tokio::test]
    async fn either_store_away_is_told_with_how_long_to_wait() {
        for call in ["activity.counts", "events.mean"] {
            let scene = Scene::new().await;
            scene.faults.always(call, Fault::Unavailable);
            let answer = scene.get("/dashboard").await;
            assert_eq!(answer.code(), (503, "unavailable"), "{call}");
            assert_eq!(answer.headers["retry-after"], "2");
        }
    }
}
