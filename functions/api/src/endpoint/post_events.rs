//! `POST /events`: takes in a batch of events.

use std::sync::Arc;

use app::ingest_events::{IngestError, IngestOutcome, RefusedItem};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use protocol::http::{EventProblem, EventsBody, EventsOutcome};
use protocol::problem::{MEDIA_TYPE, Problem};

use crate::edge::{Caller, JsonBody, Refusal, SignedIn};
use crate::state::App;

/// Longest body, in bytes. The whole invocation may be 6 MB, and quoting the body takes some of it.
const LONGEST_BODY: usize = 5 * 1024 * 1024;

/// Takes in up to 1,000 events
///
/// Valid events are kept and the others reported one by one. An event's `id` makes it known:
/// sending a batch again changes nothing.
#[utoipa::path(post, path = "/events", tag = "dashboard", request_body = EventsBody, responses(
    (status = 200, body = EventsOutcome, description = "What became of each event."),
    (status = 400, body = Problem, content_type = MEDIA_TYPE,
        description = "`malformed_json`"),
    (status = 413, body = Problem, content_type = MEDIA_TYPE,
        description = "`body_too_large` (over 5 MiB), `too_many_events`"),
    (status = 415, body = Problem, content_type = MEDIA_TYPE,
        description = "`unsupported_media_type`"),
    (status = 422, body = Problem, content_type = MEDIA_TYPE,
        description = "`invalid_body`"),
    SignedIn,
))]
pub(crate) async fn post_events(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody<EventsBody, LONGEST_BODY>,
) -> Result<Json<EventsOutcome>, Refusal> {
    let outcome = app.ingest_events.run(&caller.tenant, body.events).await?;
    Ok(Json(outcome_body(outcome)))
}

fn outcome_body(outcome: IngestOutcome) -> EventsOutcome {
    let problem = |refused: RefusedItem| EventProblem {
        index: refused.index,
        code: refused.code.into(),
        message: refused.message,
    };
    EventsOutcome {
        accepted: outcome.accepted,
        duplicates: outcome.duplicates,
        errors: outcome.errors.into_iter().map(problem).collect(),
    }
}

impl From<IngestError> for Refusal {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::TooMany { .. } => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_many_events",
                error.to_string(),
            ),
            IngestError::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::feed::Feed;
    use domain::ports::ConnectionStore as _;
    use domain::{TenantId, Topic};
    use serde_json::json;
    use testkit::build;
    use testkit::memory::Fault;

    use crate::scene::{Scene, sample};

    #[tokio::test]
    async fn new_log_lines_are_told_once_to_whoever_listens_in_the_tenant() {
        let scene = Scene::new().await;
        let acme = TenantId::new("acme").unwrap();
        for tenant in [acme.clone(), build::tenant()] {
            let connection = build::connection(&build::identity(&tenant));
            scene.connections.register(&connection).await.unwrap();
            let logs = Topic::Logs(tenant, "*".into());
            scene.connections.subscribe(&connection.id, logs);
        }
        scene.ask(sample("events-good")).await;
        let posted = scene.postings.take();
        assert_eq!(posted.len(), 1);
        assert_eq!(posted[0].feed, Feed::Logs(acme, "*".into()));
        scene.ask(sample("events-good")).await;
        assert_eq!(scene.postings.take(), [], "they are known");
    }

    #[tokio::test]
    async fn the_same_batch_twice_changes_nothing() {
        let scene = Scene::new().await;
        scene.ask(sample("events-good")).await;
        let before = scene.get("/dashboard").await.body;
        let again = scene.ask(sample("events-good")).await;
        let expected = json!({"accepted": 0, "duplicates": 5, "errors": []});
        assert_eq!((again.status, again.body), (200, expected));
        assert_eq!(scene.get("/dashboard").await.body, before);
    }

    #[tokio::test]
    async fn a_batch_has_a_largest_size() {
        let scene = Scene::new().await;
        let events = |count: usize| json!({"events": vec![json!({}); count]});
        let most = scene.post("/events", events(1_000)).await;
        assert_eq!(most.status, 200, "each is refused by itself");
        assert_eq!(most.body["errors"].as_array().map(Vec::len), Some(1_000));
        let more = scene.post("/events", events(1_001)).await;
        assert_eq!(more.code(), (413, "too_many_events"));
        let padding = " ".repeat(5 * 1024 * 1024);
        let long = scene.post("/events", format!("{padding}{{}}")).await;
        assert_eq!(long.code(), (413, "body_too_large"));
    }

    #[tokio::test]
    async fn a_store_that_is_away_asks_to_send_again() {
        for call in ["events.append", "activity.record"] {
            let scene = Scene::new().await;
            scene.faults.on(call, 1, Fault::Unavailable);
            let answer = scene.ask(sample("events-good")).await;
            assert_eq!(answer.code(), (503, "unavailable"), "{call}");
            let again = scene.ask(sample("events-good")).await;
            assert_eq!(again.status, 200, "{call}");
            assert_eq!(
                scene.get("/dashboard").await.body["user_count"],
                3,
                "{call}"
            );
        }
    }
}
