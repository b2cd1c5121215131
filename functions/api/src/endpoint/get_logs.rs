//! `GET /logs`: log lines and requests, newest first, in pages.

use std::sync::Arc;

use app::search_logs::{LARGEST_PAGE, SearchLogsError, USUAL_PAGE};
use axum::Json;
use axum::extract::State;
use domain::logs::{Lines, LogPlace, LogQuery, StatusFilter};
use protocol::http::LogsBody;
use protocol::problem::{MEDIA_TYPE, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use super::page::{self, moment};
use crate::edge::{Caller, Params, Refusal, SignedIn};
use crate::state::App;

/// What the query may say.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LogParams {
    /// `log` for log lines, which is usual, or `request` for requests.
    #[param(value_type = Option<String>, example = "log")]
    r#type: Option<String>,
    /// Only log lines of this level, as the writer spelt it.
    #[param(example = "error")]
    level: Option<String>,
    /// Only requests that were answered with this status, or one of this class.
    #[param(example = "5xx")]
    status: Option<String>,
    /// Only of this service.
    service: Option<String>,
    /// Only log lines whose message, or requests whose path, holds this; capitals do not matter.
    text: Option<String>,
    /// Only lines of this moment or later.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<String>,
    /// Only lines before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<String>,
    /// Lines in the page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 300, default = 100)]
    limit: Option<String>,
    /// The `next_cursor` of the page before. A page's filters should stay the same.
    cursor: Option<String>,
}

impl LogParams {
    fn query(self) -> Result<LogQuery, Refusal> {
        Ok(LogQuery {
            lines: lines(self.r#type.as_deref(), self.level, self.status.as_deref())?,
            service: self.service,
            text: self.text,
            from: moment("from", self.from.as_deref())?,
            to: moment("to", self.to.as_deref())?,
            after: self.cursor.as_deref().map(page::read).transpose()?,
            limit: self.limit.as_deref().map_or(Ok(USUAL_PAGE), limit)?,
        })
    }
}

/// A status alone asks for requests too.
fn lines(
    kind: Option<&str>,
    level: Option<String>,
    status: Option<&str>,
) -> Result<Lines, Refusal> {
    let status: Option<StatusFilter> =
        status
            .map(str::parse)
            .transpose()
            .map_err(|error: domain::logs::NoStatus| {
                Refusal::invalid_query("status", error.to_string())
            })?;
    match (kind, status) {
        (Some("log"), Some(_)) => Err(Refusal::invalid_query("status", "log lines have no status")),
        (None | Some("log"), None) => Ok(Lines::Logs { level }),
        (None | Some("request"), _) if level.is_some() => {
            Err(Refusal::invalid_query("level", "requests have no level"))
        }
        (None | Some("request"), status) => Ok(Lines::Requests { status }),
        (Some(_), _) => Err(Refusal::invalid_query("type", "must be log or request")),
    }
}

fn limit(text: &str) -> Result<usize, Refusal> {
    let message = format!("must be a number from 1 to {LARGEST_PAGE}");
    text.parse()
        .map_err(|_| Refusal::invalid_query("limit", message))
}

/// Lists log lines or requests, newest first
///
/// A page looks at 5,000 lines at most. Where few of them match it holds less than its limit, or
/// nothing, and `next_cursor` goes on.
#[utoipa::path(get, path = "/logs", tag = "dashboard", params(LogParams), responses(
    (status = 200, body = LogsBody, description = "One page; the next one starts at `next_cursor`."),
    (status = 400, body = Problem, content_type = MEDIA_TYPE,
        description = "`invalid_query`"),
    SignedIn,
))]
pub(crate) async fn get_logs(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Params(params): Params<LogParams>,
) -> Result<Json<LogsBody>, Refusal> {
    let query = params.query()?;
    let found = app.search_logs.run(&caller.tenant, &query).await?;
    let lines = found.items.iter().map(serde_json::to_value);
    Ok(Json(LogsBody {
        // An event has been JSON before.
        lines: lines.filter_map(Result::ok).collect(),
        next_cursor: found.next.as_ref().map(page::cursor::<LogPlace>),
    }))
}

impl From<SearchLogsError> for Refusal {
    fn from(error: SearchLogsError) -> Self {
        let message = error.to_string();
        match error {
            SearchLogsError::Limit { .. } => Self::invalid_query("limit", message),
            SearchLogsError::Text => Self::invalid_query("text", message),
            SearchLogsError::Range => Self::invalid_query("to", message),
            SearchLogsError::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use testkit::memory::Fault;

    use crate::scene::{Scene, sample};

    async fn scene() -> Scene {
        let scene = Scene::new().await;
        scene.ask(sample("events-good")).await;
        scene
    }

    fn ids(page: &Value) -> Vec<&str> {
        let lines = page["lines"].as_array().unwrap();
        lines
            .iter()
            .map(|line| line["id"].as_str().unwrap())
            .collect()
    }

    #[tokio::test]
    async fn lines_come_as_they_were_sent() {
        let scene = scene().await;
        let sent: Value =
            serde_json::from_str(sample("events-good").body.as_deref().unwrap()).unwrap();
        for (query, kind) in [
            ("", "log"),
            ("?type=log", "log"),
            ("?type=request", "request"),
        ] {
            let page = scene.get(&format!("/logs{query}")).await.body;
            let expected = sent["events"].as_array().unwrap();
            let expected = expected.iter().filter(|event| event["type"] == kind);
            assert_eq!(ids(&page).len(), expected.clone().count(), "{query}");
            for event in expected {
                assert!(ids(&page).contains(&event["id"].as_str().unwrap()));
            }
        }
    }

    #[tokio::test]
    async fn pages_go_on_at_their_cursor() {
        let scene = scene().await;
        let whole = scene.get("/logs?type=request").await.body;
        let (mut path, mut found) = (String::from("/logs?type=request&limit=1"), vec![]);
        loop {
            let page = scene.get(&path).await.body;
            found.extend(ids(&page).into_iter().map(str::to_owned));
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("/logs?type=request&limit=1&cursor={next}");
        }
        assert_eq!(found, ids(&whole));
        assert!(found.len() > 1);
    }

    #[tokio::test]
    async fn what_makes_no_sense_is_refused_by_its_name() {
        let scene = scene().await;
        for (query, field) in [
            ("type=session", "type"),
            ("type=log&status=500", "status"),
            ("status=6xx", "status"),
            ("status=500&level=error", "level"),
            ("type=request&level=error", "level"),
            ("text=", "text"),
            ("limit=0", "limit"),
            ("limit=301", "limit"),
            ("from=today", "from"),
            ("from=2023-06-30T00:00:00Z&to=2023-06-30T00:00:00Z", "to"),
            ("cursor=!", "cursor"),
            ("cursor=MDE4OTBhNWQ", "cursor"),
        ] {
            let answer = scene.get(&format!("/logs?{query}")).await;
            assert_eq!(answer.code(), (400, "invalid_query"), "{query}");
            assert_eq!(answer.body["errors"][0]["field"], field, "{query}");
        }
        let long = "x".repeat(257);
        let answer = scene.get(&format!("/logs?text={long}")).await;
        assert_eq!(answer.code(), (400, "invalid_query"));
    }

    #[tokio::test]
    async fn a_store_that_is_away_is_told() {
        let scene = scene().await;
        scene.faults.always("events.lines", Fault::Unavailable);
        assert_eq!(scene.get("/logs").await.code(), (503, "unavailable"));
    }
}
