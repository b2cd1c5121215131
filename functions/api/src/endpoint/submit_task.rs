//! `POST /tasks`: takes a task on.

use std::sync::Arc;

use app::submit_task::{SubmitTaskError, Submitted};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::kind::FieldError;
use http::StatusCode;
use protocol::http::{SubmitBody, SubmittedBody};
use protocol::problem::{MEDIA_TYPE, Problem};
use protocol::task::Status;

use super::task_request::task_request;
use crate::edge::{Caller, IdempotencyHeader, JsonBody, REPLAYED, Refusal, SignedIn, Traced};
use crate::state::App;

/// Longest body, in bytes.
const LONGEST_BODY: usize = 1024 * 1024;

/// Queues a task and confirms it at once
///
/// Its updates come over the WebSocket; version 1 is this confirmation. With an `Idempotency-Key`
/// of your own, sending the same task again within 24 hours makes no second one.
#[utoipa::path(post, path = "/tasks", tag = "tasks", request_body = SubmitBody, params(
    ("Idempotency-Key" = Option<String>, Header,
        description = "Your name for this submission: 1 to 128 visible ASCII characters."),
), responses(
    (status = 202, body = SubmittedBody, description = "The task is queued."),
    (status = 200, body = SubmittedBody,
        description = "An earlier submission with this key made the task; its confirmation.",
        headers(("Idempotent-Replayed" = String, description = "`true`"))),
    (status = 400, body = Problem, content_type = MEDIA_TYPE,
        description = "`malformed_json`, `unknown_kind`, `invalid_idempotency_key`"),
    (status = 409, body = Problem, content_type = MEDIA_TYPE,
        description = "`idempotency_key_reused`: the key was used for another task"),
    (status = 413, body = Problem, content_type = MEDIA_TYPE,
        description = "`body_too_large` (over 1 MiB), `input_too_large`"),
    (status = 415, body = Problem, content_type = MEDIA_TYPE,
        description = "`unsupported_media_type`"),
    (status = 422, body = Problem, content_type = MEDIA_TYPE,
        description = "`invalid_body`, `invalid_input`; `errors` names the fields"),
    (status = 429, body = Problem, content_type = MEDIA_TYPE,
        description = "`rate_limited`: the tenant has submitted too many tasks in a short time; `paused`: tasks of \
            this kind or tenant are not taken on for a while, so that nothing more is spent",
        headers(("Retry-After" = u64, description = "Seconds until it is worth another try."))),
    SignedIn,
))]
pub(crate) async fn submit_task(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    traced: Traced,
    IdempotencyHeader(idempotency_key): IdempotencyHeader,
    JsonBody(body): JsonBody<SubmitBody, LONGEST_BODY>,
) -> Result<Response, Refusal> {
    let request = task_request(body, idempotency_key, traced)?;
    let submitted = app.submit_task.run(&caller, request).await?;
    let body = Json(confirmation(&submitted));
    Ok(if submitted.replayed {
        (StatusCode::OK, [REPLAYED], body).into_response()
    } else {
        (StatusCode::ACCEPTED, body).into_response()
    })
}

/// The same for the first submission and for all that repeat it, however far the task is by then.
pub(super) fn confirmation(submitted: &Submitted) -> SubmittedBody {
    SubmittedBody {
        request_id: submitted.task.request_id.to_string(),
        status: Status::Processing,
        message: "Your task has been queued.".into(),
        version: 1,
    }
}

impl From<SubmitTaskError> for Refusal {
    fn from(error: SubmitTaskError) -> Self {
        let detail = error.to_string();
        match error {
            SubmitTaskError::UnknownKind { .. } => {
                Self::new(StatusCode::BAD_REQUEST, "unknown_kind", detail)
            }
            SubmitTaskError::InputTooLarge { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "input_too_large", detail)
            }
            SubmitTaskError::KeyReused { .. } => {
                Self::new(StatusCode::CONFLICT, "idempotency_key_reused", detail)
            }
            SubmitTaskError::RateLimited { retry_after } => Self::too_early(detail, retry_after),
            SubmitTaskError::Paused(paused) => paused.into(),
            SubmitTaskError::Invalid(errors) => invalid(errors),
            SubmitTaskError::NotStored(cause) | SubmitTaskError::NotQueued(cause) => cause.into(),
        }
    }
}

pub(super) fn invalid(errors: Vec<FieldError>) -> Refusal {
    let told = |error: &FieldError| format!("{}: {}", error.field, error.message);
    let detail = errors.iter().map(told).collect::<Vec<_>>().join("; ");
    let fields = errors.into_iter().map(|error| (error.field, error.message));
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_input", detail).at(fields)
}

#[cfg(test)]
mod tests {
    use app::pause_check::KNOWN;
    use domain::ports::{Clock as _, Pauses as _};
    use domain::{Pause, RequestId};
    use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
    use serde_json::json;
    use testkit::build::{self, NOW};
    use testkit::memory::Fault;
    use time::Duration;

    use crate::scene::{RATE, Scene, sample};

    #[tokio::test]
    async fn a_task_is_stored_and_queued_for_the_tokens_tenant_only() {
        let scene = Scene::new().await;
        let mut event = sample("submit-aggregate");
        let tenant = "zeta".parse().unwrap();
        event.headers.insert("x-tenant", tenant);
        let id = scene.ask(event).await.body["request_id"].clone();
        let queued = scene.queue.take();
        assert_eq!(queued.len(), 1);
        let (tenant, queued_id) = &queued[0];
        assert_eq!(
            (tenant.as_str(), json!(queued_id.to_string())),
            ("acme", id)
        );
        let task = scene.tasks.get(*queued_id).unwrap();
        assert_eq!(task.owner.as_str(), "93c4d8f2-1061-70aa-0f9a-3d1b2f4e5a6c");
        assert_eq!(task.tags, ["nightly"]);
    }

    #[tokio::test]
    async fn a_refused_task_leaves_no_trace() {
        let scene = Scene::new().await;
        let before = scene.tasks.all().len();
        let long = json!({"kind": "aggregate", "tags": ["x".repeat(1024 * 1024)]});
        let large = json!({"kind": "aggregate", "input": {"group_by": ["x".repeat(40_000)]}});
        for (body, refusal) in [
            (
                json!({"kind": "aggregate", "tenant": "zeta"}),
                (422, "invalid_body"),
            ),
            (
                json!({"kind": "aggregate", "input": null}),
                (422, "invalid_input"),
            ),
            (
                json!({"kind": "aggregate", "input": [["service"]]}),
                (422, "invalid_input"),
            ),
            (
                json!({"kind": "aggregate", "input": {"window": "2y"}}),
                (422, "invalid_input"),
            ),
            (
                json!({"kind": "aggregate", "tags": [""]}),
                (422, "invalid_input"),
            ),
            (
                json!({"kind": "aggregate", "priority": "urgent"}),
                (422, "invalid_body"),
            ),
            (
                json!({"kind": "aggregate", "delay": -1}),
                (422, "invalid_body"),
            ),
            (
                json!({"kind": "aggregate", "delay": 1, "run_at": "2026-03-01T13:00:00Z"}),
                (422, "invalid_input"),
            ),
            (
                json!({"kind": "aggregate", "deadline": "2026-03-01T11:00:00Z"}),
                (422, "invalid_input"),
            ),
            (json!({"kind": ""}), (400, "unknown_kind")),
            (json!(["aggregate"]), (422, "invalid_body")),
            (large, (413, "input_too_large")),
            (long, (413, "body_too_large")),
        ] {
            let answer = scene.post("/tasks", &body).await;
            assert_eq!(answer.code(), refusal, "{answer:?}");
        }
        assert_eq!(scene.tasks.all().len(), before);
        assert!(scene.queue.take().is_empty());
    }

    #[tokio::test]
    async fn every_field_at_fault_is_named_at_once() {
        let body = json!({"kind": "aggregate", "input": {"limit": 0}, "tags": ["ok", "a#b"]});
        let answer = Scene::new().await.post("/tasks", body).await;
        let errors = answer.body["errors"].as_array().unwrap();
        let fields: Vec<_> = errors.iter().map(|error| &error["field"]).collect();
        assert_eq!(fields, ["input.limit", "tags[1]"]);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.starts_with("input.limit: must be 1 to"), "{detail}");
    }

    fn keyed(key: &str) -> ApiGatewayV2httpRequest {
        let mut event = sample("submit-with-key");
        event
            .headers
            .insert("idempotency-key", key.parse().unwrap());
        event
    }

    #[tokio::test]
    async fn a_repeated_submission_is_answered_with_its_confirmation() {
        let scene = Scene::new().await;
        let before = scene.tasks.all().len();
        let first = scene.ask(keyed("k")).await;
        assert_eq!(first.status, 202);
        assert!(first.headers.get("idempotent-replayed").is_none());
        let id: RequestId = first.body["request_id"].as_str().unwrap().parse().unwrap();
        let mut task = scene.tasks.get(id).unwrap();
        task.cancel(NOW).unwrap();
        scene.tasks.put(task);
        let again = scene.ask(keyed("k")).await;
        assert_eq!((again.status, &again.body), (200, &first.body));
        assert_eq!(again.headers["idempotent-replayed"], "true");
        assert_eq!(scene.tasks.all().len(), before + 1);
    }

    #[tokio::test]
    async fn a_key_belongs_to_one_body() {
        let scene = Scene::new().await;
        scene.ask(keyed("k")).await;
        let mut other = keyed("k");
        other.body = Some(json!({"kind": "aggregate"}).to_string());
        let answer = scene.ask(other).await;
        assert_eq!(answer.code(), (409, "idempotency_key_reused"));
    }

    #[tokio::test]
    async fn a_key_is_checked_before_anything_is_done() {
        let scene = Scene::new().await;
        for key in ["", "a b", &"x".repeat(129)] {
            let answer = scene.ask(keyed(key)).await;
            assert_eq!(answer.code(), (400, "invalid_idempotency_key"), "{key:?}");
        }
        let mut twice = keyed("a");
        twice
            .headers
            .append("idempotency-key", "b".parse().unwrap());
        assert_eq!(
            scene.ask(twice).await.code(),
            (400, "invalid_idempotency_key")
        );
        assert!(scene.queue.take().is_empty());
    }

    #[tokio::test]
    async fn a_store_or_queue_that_is_away_is_told() {
        for call in ["tasks.create", "queue.send"] {
            let scene = Scene::new().await;
            scene.faults.always(call, Fault::Unavailable);
            let answer = scene.ask(sample("submit-aggregate")).await;
            assert_eq!(answer.code(), (503, "unavailable"), "{call}");
        }
        let scene = Scene::new().await;
        let create = "submissions.create_once";
        scene.faults.always(create, Fault::Unavailable);
        assert_eq!(scene.ask(keyed("k")).await.code(), (503, "unavailable"));
    }

    #[tokio::test]
    async fn who_submits_too_fast_is_told_when_to_come_back() {
        let scene = Scene::new().await;
        let before = scene.tasks.all().len();
        for _ in 0..RATE.burst {
            assert_eq!(scene.ask(sample("submit-aggregate")).await.status, 202);
        }
        let answer = scene.ask(sample("submit-aggregate")).await;
        assert_eq!(answer.code(), (429, "rate_limited"));
        assert_eq!(answer.headers["retry-after"], "2", "one and a half");
        assert_eq!(scene.tasks.all().len(), before + 20);
    }

    #[tokio::test]
    async fn what_is_paused_is_refused_with_its_reason() {
        let scene = Scene::new().await;
        let first = scene.ask(keyed("k")).await;
        scene.queue.take();
        let before = scene.tasks.all().len();
        let pause = Pause {
            until: Some(NOW + Duration::minutes(30)),
            ..build::pause("kind:aggregate", "guard:budget", NOW)
        };
        scene.pauses.pause(&pause).await.unwrap();
        scene.clock.advance(KNOWN);
        for event in [sample("submit-aggregate"), keyed("unused")] {
            let answer = scene.ask(event).await;
            assert_eq!(answer.code(), (429, "paused"));
            assert_eq!(answer.headers["retry-after"], "1790");
            assert_eq!(
                answer.body["detail"],
                "submission of tasks of the kind aggregate is paused until 2026-03-01T12:30:00Z: the budget is spent; \
                 nothing was queued"
            );
        }
        let again = scene.ask(keyed("k")).await;
        assert_eq!((again.status, &again.body), (200, &first.body));
        let other = scene.ask(sample("submit-export")).await;
        assert_eq!(other.status, 202, "others go on");
        assert_eq!(scene.tasks.all().len(), before + 1);
        scene.queue.take();
        let resumed = scene
            .pauses
            .resume(&pause.subject, &pause.by, scene.clock.now());
        assert!(resumed.await.unwrap());
        scene.clock.advance(KNOWN);
        assert_eq!(scene.ask(keyed("unused")).await.status, 202);
        assert_eq!(scene.queue.take().len(), 1);
    }

    #[tokio::test]
    async fn a_repetition_counts_and_what_is_not_valid_does_not() {
        let scene = Scene::new().await;
        for _ in 1..RATE.burst {
            scene.ask(sample("submit-unknown-kind")).await;
            scene.ask(keyed("k")).await;
        }
        assert_eq!(scene.ask(keyed("k")).await.status, 200);
        assert_eq!(scene.ask(keyed("k")).await.code(), (429, "rate_limited"));
    }
}
