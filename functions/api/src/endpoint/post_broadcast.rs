//! `POST /broadcast`: tells everybody who is connected.

use std::sync::Arc;

use app::send_broadcast::{BroadcastRequest, SendBroadcastError};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::TenantId;
use http::StatusCode;
use protocol::http::{BroadcastBody, BroadcastTaken};
use protocol::problem::{MEDIA_TYPE, Problem};

use crate::edge::{IdempotencyHeader, JsonBody, Operator, REPLAYED, Refusal, SignedIn, Traced};
use crate::state::App;

/// Longest body, in bytes: room for the largest message, written with spaces.
const LONGEST_BODY: usize = 64 * 1024;

/// Tells everybody who is connected, of all tenants or of one
///
/// Give either `message` or `reconnect`. The frames are on their way when this answers; each
/// connection gets one at least, and knows a repetition by its `id`. With an `Idempotency-Key` of
/// your own, sending the same broadcast again within 24 hours makes no second one.
#[utoipa::path(post, path = "/broadcast", tag = "realtime", request_body = BroadcastBody, params(
    ("Idempotency-Key" = Option<String>, Header,
        description = "Your name for this broadcast: 1 to 128 visible ASCII characters."),
), responses(
    (status = 202, body = BroadcastTaken, description = "The broadcast is queued."),
    (status = 200, body = BroadcastTaken,
        description = "An earlier request with this key sent the broadcast; its answer.",
        headers(("Idempotent-Replayed" = String, description = "`true`"))),
    (status = 400, body = Problem, content_type = MEDIA_TYPE,
        description = "`malformed_json`, `invalid_idempotency_key`"),
    (status = 409, body = Problem, content_type = MEDIA_TYPE,
        description = "`idempotency_key_reused`: the key was used for another broadcast; \
            `in_progress`: a request with this key has no answer yet",
        headers(("Retry-After" = u64, description = "Seconds until `in_progress` ends."))),
    (status = 413, body = Problem, content_type = MEDIA_TYPE,
        description = "`body_too_large` (over 64 KiB), `message_too_large` (over 24 KiB)"),
    (status = 415, body = Problem, content_type = MEDIA_TYPE,
        description = "`unsupported_media_type`"),
    (status = 422, body = Problem, content_type = MEDIA_TYPE,
        description = "`invalid_body`; `errors` names the fields"),
    SignedIn,
    (status = 403, body = Problem, content_type = MEDIA_TYPE,
        description = "`forbidden`: the caller is no operator; `no_tenant`"),
))]
pub(crate) async fn post_broadcast(
    State(app): State<Arc<App>>,
    Operator(caller): Operator,
    IdempotencyHeader(idempotency_key): IdempotencyHeader,
    Traced(trace): Traced,
    JsonBody(body): JsonBody<BroadcastBody, LONGEST_BODY>,
) -> Result<Response, Refusal> {
    let tenant = body.tenant.clone().map(tenant).transpose()?;
    let notice = wire::broadcast::notice(body)
        .ok_or_else(|| Refusal::invalid_body("message", "give either message or reconnect"))?;
    let request = BroadcastRequest {
        notice,
        tenant: tenant.clone(),
        idempotency_key,
        trace,
    };
    let sent = app.send_broadcast.run(&caller, request).await?;
    tracing::info!(
        broadcast.id = sent.broadcast_id,
        broadcast.shards = sent.shards,
        broadcast.replayed = sent.replayed,
        broadcast.tenant = tenant.as_ref().map(TenantId::as_str),
        "broadcast queued"
    );
    let taken = Json(BroadcastTaken {
        broadcast_id: sent.broadcast_id,
        status: "queued".into(),
        shards: sent.shards,
    });
    Ok(if sent.replayed {
        (StatusCode::OK, [REPLAYED], taken).into_response()
    } else {
        (StatusCode::ACCEPTED, taken).into_response()
    })
}

fn tenant(name: String) -> Result<TenantId, Refusal> {
    TenantId::new(name).map_err(|error| Refusal::invalid_body("tenant", error.problem))
}

impl From<SendBroadcastError> for Refusal {
    fn from(error: SendBroadcastError) -> Self {
        let detail = error.to_string();
        match error {
            SendBroadcastError::Invalid(error) => {
                Refusal::invalid_body(&error.field, error.message)
            }
            SendBroadcastError::TooLarge { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "message_too_large", detail)
            }
            SendBroadcastError::KeyReused => {
                Self::new(StatusCode::CONFLICT, "idempotency_key_reused", detail)
            }
            SendBroadcastError::InProgress { wait } => {
                Self::new(StatusCode::CONFLICT, "in_progress", detail).after(wait)
            }
            SendBroadcastError::NotQueued { cause, .. }
            | SendBroadcastError::NotRemembered(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::broadcast::{Addressees, Shard};
    use serde_json::json;
    use testkit::memory::Fault;

    use crate::scene::{Scene, sample};

    async fn ask(scene: &Scene, body: serde_json::Value) -> (u64, String) {
        let mut event = sample("broadcast");
        event.body = Some(body.to_string());
        let answer = scene.ask(event).await;
        let (status, code) = answer.code();
        (status, code.to_owned())
    }

    #[tokio::test]
    async fn every_shard_is_told_once() {
        let scene = Scene::new().await;
        let answer = scene.ask(sample("broadcast")).await;
        let sent = scene.broadcasts.take();
        assert_eq!(sent.len(), Shard::all().len());
        for (part, _) in &sent {
            assert_eq!(part.broadcast.id.to_string(), answer.body["broadcast_id"]);
            assert_eq!(part.broadcast.tenant, None);
            assert!(matches!(part.to, Addressees::Shard { after: None, .. }));
        }
    }

    #[tokio::test]
    async fn only_operators_are_heard() {
        let scene = Scene::new().await;
        for groups in [None, Some("[notify]")] {
            let mut event = sample("broadcast");
            let authorizer = event.request_context.authorizer.as_mut().unwrap();
            let claims = &mut authorizer.jwt.as_mut().unwrap().claims;
            match groups {
                None => claims.remove("cognito:groups"),
                Some(groups) => claims.insert("cognito:groups".into(), groups.into()),
            };
            event.body = Some("not even JSON".into());
            assert_eq!(scene.ask(event).await.code(), (403, "forbidden"));
        }
        assert!(scene.broadcasts.take().is_empty());
    }

    #[tokio::test]
    async fn one_tenant_or_all_and_one_notice() {
        let scene = Scene::new().await;
        let bye = json!({"within_ms": 60_000});
        for (body, expected) in [
            (json!({"message": "hello"}), (202, "")),
            (json!({"message": [1, 2], "tenant": "acme"}), (202, "")),
            (json!({"reconnect": bye}), (202, "")),
            (json!({}), (422, "invalid_body")),
            (json!({"message": null}), (422, "invalid_body")),
            (
                json!({"message": 1, "reconnect": bye}),
                (422, "invalid_body"),
            ),
            (
                json!({"message": 1, "tenant": "a#b"}),
                (422, "invalid_body"),
            ),
            (json!({"message": 1, "colour": 1}), (422, "invalid_body")),
            (json!({"reconnect": {}}), (422, "invalid_body")),
            (
                json!({"reconnect": {"within_ms": 1}}),
                (422, "invalid_body"),
            ),
            (
                json!({"reconnect": {"within_ms": u64::MAX}}),
                (422, "invalid_body"),
            ),
            (
                json!({"message": "x".repeat(24 * 1024)}),
                (413, "message_too_large"),
            ),
            (
                json!({"message": "x".repeat(64 * 1024)}),
                (413, "body_too_large"),
            ),
        ] {
            let (status, code) = ask(&scene, body.clone()).await;
            assert_eq!((status, code.as_str()), expected, "{body}");
        }
        let tenants: Vec<_> = scene.broadcasts.take().into_iter().collect();
        let of_one = tenants
            .iter()
            .filter(|(part, _)| part.broadcast.tenant.is_some());
        assert_eq!(of_one.count(), Shard::all().len());
    }

    #[tokio::test]
    async fn a_key_stands_for_one_broadcast() {
        let scene = Scene::new().await;
        let first = scene.ask(sample("broadcast-with-key")).await;
        assert_eq!(first.status, 202);
        let again = scene.ask(sample("broadcast-with-key")).await;
        assert_eq!((again.status, again.body), (200, first.body));
        assert_eq!(again.headers["idempotent-replayed"], "true");
        assert_eq!(scene.broadcasts.take().len(), Shard::all().len());
        let mut other = sample("broadcast-with-key");
        other.body = Some(json!({"message": "other"}).to_string());
        let refused = scene.ask(other).await;
        assert_eq!(refused.code(), (409, "idempotency_key_reused"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_queue_that_is_away_is_told() {
        let scene = Scene::new().await;
        scene.faults.always("broadcasts.send", Fault::Unavailable);
        let answer = scene.ask(sample("broadcast")).await;
        assert_eq!(answer.code(), (503, "unavailable"));
    }
}
