//! `POST /broadcast`: tells everybody who is connected.

use std::sync::Arc;

use app::send_broadcast::SendBroadcastError;
use axum::Json;
use axum::extract::State;
use domain::TenantId;
use http::StatusCode;
use protocol::http::{BroadcastBody, BroadcastTaken};
use protocol::problem::{MEDIA_TYPE, Problem};

use crate::edge::{JsonBody, Operator, Refusal, SignedIn};
use crate::state::App;

/// Longest body, in bytes: room for the largest message, written with spaces.
const LONGEST_BODY: usize = 64 * 1024;

/// Tells everybody who is connected, of all tenants or of one
///
/// Give either `message` or `reconnect`. The frames are on their way when this answers; each
/// connection gets one at least, and knows a repetition by its `id`.
#[utoipa::path(post, path = "/broadcast", tag = "realtime", request_body = BroadcastBody, responses(
    (status = 202, body = BroadcastTaken, description = "The broadcast is queued."),
    (status = 400, body = Problem, content_type = MEDIA_TYPE, description = "`malformed_json`"),
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
    _: Operator,
    JsonBody(body): JsonBody<BroadcastBody, LONGEST_BODY>,
) -> Result<(StatusCode, Json<BroadcastTaken>), Refusal> {
    let tenant = body.tenant.clone().map(tenant).transpose()?;
    let notice = wire::broadcast::notice(body)
        .ok_or_else(|| Refusal::invalid_body("message", "give either message or reconnect"))?;
    let (broadcast, shards) = app.send_broadcast.run(notice, tenant).await?;
    tracing::info!(
        broadcast.id = %broadcast.id, broadcast.shards = shards,
        broadcast.tenant = broadcast.tenant.as_ref().map(TenantId::as_str), "broadcast queued"
    );
    let taken = BroadcastTaken {
        broadcast_id: broadcast.id.to_string(),
        status: "queued".into(),
        shards,
    };
    Ok((StatusCode::ACCEPTED, Json(taken)))
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
            SendBroadcastError::NotQueued { cause, .. } => cause.into(),
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

    #[tokio::test(start_paused = true)]
    async fn a_queue_that_is_away_is_told() {
        let scene = Scene::new().await;
        scene.faults.always("broadcasts.send", Fault::Unavailable);
        let answer = scene.ask(sample("broadcast")).await;
        assert_eq!(answer.code(), (503, "unavailable"));
    }
}
