//! `GET /operators/dead-letters`: a look at messages that nobody could handle.

use std::sync::Arc;

use app::dead_letters::{LARGEST_LOOK, LookError, USUAL_LOOK};
use axum::Json;
use axum::extract::State;
use domain::dead_letters::DeadQueue;
use protocol::http::DeadLettersBody;
use protocol::problem::{MEDIA_TYPE, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::edge::{Operator, Params, Refusal, SignedIn};
use crate::state::App;

/// What the query may say.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeadLetterParams {
    /// The queue that the letters come from: `work` (urgent tasks too), `updates` or `callbacks`.
    #[param(value_type = String, example = "work")]
    queue: Option<String>,
    /// Letters that are looked at.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<String>,
}

impl DeadLetterParams {
    fn read(&self) -> Result<(DeadQueue, usize), Refusal> {
        let queue = self.queue.as_deref().unwrap_or_default().parse();
        let queue = queue.map_err(|error: domain::dead_letters::NoDeadQueue| {
            Refusal::invalid_query("queue", error.to_string())
        })?;
        let limit = self.limit.as_deref().map_or(Ok(USUAL_LOOK), limit)?;
        Ok((queue, limit))
    }
}

fn limit(text: &str) -> Result<usize, Refusal> {
    let message = format!("must be a number from 1 to {LARGEST_LOOK}");
    text.parse()
        .map_err(|_| Refusal::invalid_query("limit", message))
}

/// Looks at dead letters, by reason and kind of task
///
/// Nothing is removed. For a moment each letter is in the hands of this call, and another look at the
/// same time does not show it. Letters come in no order: more than the limit may be there.
#[utoipa::path(get, path = "/operators/dead-letters", tag = "operators", params(DeadLetterParams),
responses(
    (status = 200, body = DeadLettersBody, description = "Letters of all tenants."),
    (status = 400, body = Problem, content_type = MEDIA_TYPE,
        description = "`invalid_query`"),
    SignedIn,
    (status = 403, body = Problem, content_type = MEDIA_TYPE,
        description = "`forbidden`: the caller is no operator; `no_tenant`"),
))]
pub(crate) async fn list_dead_letters(
    State(app): State<Arc<App>>,
    _: Operator,
    Params(params): Params<DeadLetterParams>,
) -> Result<Json<DeadLettersBody>, Refusal> {
    let (queue, limit) = params.read()?;
    let letters = app.look_at_dead_letters.run(queue, limit).await?;
    Ok(Json(DeadLettersBody {
        queue: queue.as_str().into(),
        looked_at: letters.len(),
        groups: wire::operations::dead_letters(&letters),
    }))
}

impl From<LookError> for Refusal {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Limit { .. } => Self::invalid_query("limit", error.to_string()),
            LookError::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use testkit::memory::Fault;

    use crate::scene::{Answer, FAILED, Scene, sample};

    async fn look(scene: &Scene, query: &str) -> Answer {
        let mut event = sample("operators-dead-letters");
        event.raw_query_string = Some(query.into());
        scene.ask(event).await
    }

    #[tokio::test]
    async fn what_makes_no_sense_is_refused_by_its_name() {
        let scene = Scene::new().await;
        for (query, field) in [
            ("", "queue"),
            ("queue=urgent", "queue"),
            ("queue=work&limit=0", "limit"),
            ("queue=work&limit=101", "limit"),
            ("queue=work&limit=all", "limit"),
        ] {
            let answer = look(&scene, query).await;
            assert_eq!(answer.code(), (400, "invalid_query"), "{query}");
            assert_eq!(answer.body["errors"][0]["field"], field, "{query}");
        }
    }

    #[tokio::test]
    async fn what_is_away_is_told() {
        for call in ["letters.take", "tasks.load"] {
            let scene = Scene::new().await;
            scene.faults.always(call, Fault::Unavailable);
            let answer = look(&scene, "queue=work").await;
            assert_eq!(answer.code(), (503, "unavailable"), "{call}");
        }
    }

    /// A task's input and result are its tenant's.
    #[tokio::test]
    async fn operators_see_no_input_and_no_result() {
        let scene = Scene::new().await;
        let text = look(&scene, "queue=work").await.body.to_string();
        assert!(text.contains(FAILED), "{text}");
        for hidden in ["\"input\"", "\"result", "\"owner\"", "rows"] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
    }
}
