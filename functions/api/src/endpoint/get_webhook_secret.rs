//! `GET /webhooks/secret`: what receivers verify webhooks with.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use protocol::http::WebhookSecretBody;
use protocol::problem::{MEDIA_TYPE, Problem};

use crate::edge::{Refusal, SignedIn, WebhookOwner};
use crate::state::App;

/// Shows the secret that signs the tenant's webhooks
///
/// Whoever has it can pass for us, so it takes the group `webhooks`.
#[utoipa::path(get, path = "/webhooks/secret", tag = "webhooks", responses(
    (status = 200, body = WebhookSecretBody, description = "Keep it where only your receiver can read it."),
    SignedIn,
    (status = 403, body = Problem, content_type = MEDIA_TYPE,
     description = "`forbidden`: the user is not in the group `webhooks`; `no_tenant`: the user belongs to no tenant"),
))]
pub(crate) async fn get_webhook_secret(
    State(app): State<Arc<App>>,
    WebhookOwner(caller): WebhookOwner,
) -> Result<Json<WebhookSecretBody>, Refusal> {
    let secrets = app.webhook_secrets.of(&caller.tenant).await?;
    Ok(Json(WebhookSecretBody {
        secret: secrets.current.reveal(),
        previous: secrets.previous.map(|secret| secret.reveal()),
    }))
}

#[cfg(test)]
mod tests {
    use testkit::memory::Fault;

    use crate::scene::{Scene, sample};

    #[tokio::test]
    async fn a_secret_that_cannot_be_read_is_told() {
        let scene = Scene::new().await;
        scene.faults.always("roots.read", Fault::Unavailable);
        let answer = scene.ask(sample("webhook-secret")).await;
        assert_eq!(answer.code(), (503, "unavailable"));
    }

    #[tokio::test]
    async fn a_query_shows_no_other_tenants_secret() {
        let scene = Scene::new().await;
        let ours = scene.ask(sample("webhook-secret")).await.body;
        let mut event = sample("webhook-secret");
        event.raw_query_string = Some("tenant=zeta".into());
        assert_eq!(scene.ask(event).await.body, ours);
    }
}
