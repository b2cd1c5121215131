//! `GET /operators/system`: how the service stands.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use protocol::http::SystemBody;
use protocol::problem::{MEDIA_TYPE, Problem};

use crate::edge::{Operator, Refusal, SignedIn};
use crate::state::App;

/// Shows how the service stands: queues, connections, pool
///
/// The operators' stream of the WebSocket tells the same every minute.
#[utoipa::path(get, path = "/operators/system", tag = "operators", responses(
    (status = 200, body = SystemBody, description = "Of all tenants; SQS counts approximately."),
    SignedIn,
    (status = 403, body = Problem, content_type = MEDIA_TYPE,
        description = "`forbidden`: the caller is no operator; `no_tenant`"),
))]
pub(crate) async fn get_system(
    State(app): State<Arc<App>>,
    _: Operator,
) -> Result<Json<SystemBody>, Refusal> {
    let system = app.read_system.run().await?;
    Ok(Json(wire::operations::system(&system)))
}

#[cfg(test)]
mod tests {
    use testkit::memory::Fault;

    use crate::scene::{Scene, sample};

    #[tokio::test]
    async fn what_is_away_is_told() {
        for call in ["queues.depth", "census.page"] {
            let scene = Scene::new().await;
            scene.faults.always(call, Fault::Unavailable);
            let answer = scene.ask(sample("operators-system")).await;
            assert_eq!(answer.code(), (503, "unavailable"), "{call}");
        }
    }

    /// None of the operators' routes: they span tenants.
    #[tokio::test]
    async fn nobody_else_sees_how_the_service_stands() {
        let scene = Scene::new().await;
        for name in [
            "operators-system",
            "operators-connections",
            "operators-dead-letters",
            "operators-redrive",
        ] {
            for groups in [None, Some("[notify webhooks]")] {
                let mut event = sample(name);
                let authorizer = event.request_context.authorizer.as_mut().unwrap();
                let claims = &mut authorizer.jwt.as_mut().unwrap().claims;
                match groups {
                    None => claims.remove("cognito:groups"),
                    Some(groups) => claims.insert("cognito:groups".into(), groups.into()),
                };
                let before = scene.faults.calls().len();
                assert_eq!(scene.ask(event).await.code(), (403, "forbidden"), "{name}");
                assert_eq!(scene.faults.calls().len(), before, "{name} asked a store");
            }
        }
    }
}
