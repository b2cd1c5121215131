//! `POST /operators/dead-letters/redrive`: sends dead letters on their way again.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::dead_letters::RedriveError;
use axum::Json;
use axum::extract::State;
use domain::RequestId;
use protocol::http::{RedriveBody, RedriveOutcome};
use protocol::problem::{MEDIA_TYPE, Problem};

use crate::edge::{JsonBody, Operator, Refusal, SignedIn};
use crate::state::App;

/// Longest body, in bytes: a hundred names.
const LONGEST_BODY: usize = 16 * 1024;

/// Sends dead letters on their way again
///
/// A letter about a task that failed or timed out has that task run again; any other is sent as it is
/// to the queue that it came from. At most 200 letters at once, or those about the named tasks among
/// 1,000; `more` says whether there may be others. Asking again is safe.
#[utoipa::path(post, path = "/operators/dead-letters/redrive", tag = "operators",
request_body = RedriveBody, responses(
    (status = 200, body = RedriveOutcome, description = "How many are on their way again."),
    (status = 400, body = Problem, content_type = MEDIA_TYPE, description = "`malformed_json`"),
    (status = 413, body = Problem, content_type = MEDIA_TYPE, description = "`body_too_large`"),
    (status = 415, body = Problem, content_type = MEDIA_TYPE,
        description = "`unsupported_media_type`"),
    (status = 422, body = Problem, content_type = MEDIA_TYPE,
        description = "`invalid_body`; `errors` names the fields"),
    SignedIn,
    (status = 403, body = Problem, content_type = MEDIA_TYPE,
        description = "`forbidden`: the caller is no operator; `no_tenant`"),
))]
pub(crate) async fn redrive_dead_letters(
    State(app): State<Arc<App>>,
    Operator(caller): Operator,
    JsonBody(body): JsonBody<RedriveBody, LONGEST_BODY>,
) -> Result<Json<RedriveOutcome>, Refusal> {
    let queue = body.queue.parse();
    let queue = queue.map_err(|error: domain::dead_letters::NoDeadQueue| {
        Refusal::invalid_body("queue", error.to_string())
    })?;
    let only = body.request_ids.as_deref().map(names).transpose()?;
    let redriven = app.redrive_dead_letters.run(queue, only.as_ref()).await?;
    tracing::info!(
        dead_letters.queue = queue.as_str(),
        dead_letters.redriven = redriven.redriven,
        dead_letters.left = redriven.left,
        user = caller.user.as_str(),
        "dead letters redriven"
    );
    Ok(Json(RedriveOutcome {
        redriven: redriven.redriven,
        left: redriven.left,
        problem: redriven.problem,
        more: redriven.more,
    }))
}

fn names(texts: &[String]) -> Result<BTreeSet<RequestId>, Refusal> {
    let read = |(place, text): (usize, &String)| {
        text.parse().map_err(|error: domain::ids::InvalidId| {
            Refusal::invalid_body(&format!("request_ids[{place}]"), error.to_string())
        })
    };
    texts.iter().enumerate().map(read).collect()
}

impl From<RedriveError> for Refusal {
    fn from(error: RedriveError) -> Self {
        match error {
            RedriveError::Names { .. } => Self::invalid_body("request_ids", error.to_string()),
            RedriveError::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::Status;
    use domain::dead_letters::DeadQueue;
    use serde_json::{Value, json};
    use testkit::memory::Fault;

    use crate::scene::{Answer, FAILED, FOREIGN, RUNNING, Scene, sample};

    async fn redrive(scene: &Scene, body: &Value) -> Answer {
        let mut event = sample("operators-redrive");
        event.body = Some(body.to_string());
        scene.ask(event).await
    }

    #[tokio::test]
    async fn a_failed_task_runs_again_and_the_others_are_sent_as_they_are() {
        let scene = Scene::new().await;
        let answer = redrive(&scene, &json!({"queue": "work"})).await;
        let expected = json!({"redriven": 4, "left": 0, "problem": null, "more": false});
        assert_eq!((answer.status, answer.body), (200, expected));
        let failed = scene.tasks.get(FAILED.parse().unwrap()).unwrap();
        assert_eq!(failed.status(), Status::Processing);
        let queued = scene.queue.take().into_iter();
        let queued: BTreeSet<_> = queued.map(|(_, id)| id.to_string()).collect();
        assert_eq!(queued, [FAILED, RUNNING].map(str::to_owned).into());
        let sent = scene.sources.take();
        let sent: BTreeSet<_> = sent.iter().map(|(_, body, _)| body.as_str()).collect();
        let [foreign, poison] = sent.into_iter().collect::<Vec<_>>()[..] else {
            panic!("two are sent");
        };
        assert!(foreign.contains(FOREIGN) && poison == "{}");
        assert!(scene.letters.lying(DeadQueue::Work).is_empty());
        let again = redrive(&scene, &json!({"queue": "work"})).await;
        assert_eq!(again.body["redriven"], 0);
    }

    #[tokio::test]
    async fn only_the_named_tasks_letters_go() {
        let scene = Scene::new().await;
        let body = json!({"queue": "work", "request_ids": [RUNNING, FOREIGN]});
        let answer = redrive(&scene, &body).await;
        let expected = json!({"redriven": 2, "left": 2, "problem": null, "more": false});
        assert_eq!((answer.status, answer.body), (200, expected));
        assert_eq!(scene.letters.lying(DeadQueue::Work).len(), 2);
    }

    #[tokio::test]
    async fn what_makes_no_sense_is_refused_by_its_name() {
        let scene = Scene::new().await;
        let many: Vec<_> = (0..101)
            .map(|n| format!("01890a5d-ac96-774b-bcce-{n:012}"))
            .collect();
        for (body, field) in [
            (json!({"queue": "urgent"}), "queue"),
            (json!({"queue": "work", "request_ids": []}), "request_ids"),
            (json!({"queue": "work", "request_ids": many}), "request_ids"),
            (
                json!({"queue": "work", "request_ids": [FAILED, "1"]}),
                "request_ids[1]",
            ),
        ] {
            let answer = redrive(&scene, &body).await;
            assert_eq!(answer.code(), (422, "invalid_body"), "{body}");
            assert_eq!(answer.body["errors"][0]["field"], field, "{body}");
        }
        assert_eq!(redrive(&scene, &json!({})).await.code().0, 422);
        assert_eq!(scene.letters.lying(DeadQueue::Work).len(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_be_sent_stays() {
        let scene = Scene::new().await;
        let fault = Fault::Unavailable;
        scene.faults.always("sources.send_again", fault);
        let answer = redrive(&scene, &json!({"queue": "work"})).await;
        assert_eq!(
            [&answer.body["redriven"], &answer.body["left"]],
            [&json!(2), &json!(2)]
        );
        assert_eq!(answer.body["problem"], "memory is unavailable");
        assert_eq!(scene.letters.lying(DeadQueue::Work).len(), 2);
        scene.faults.always("letters.take", fault);
        let answer = redrive(&scene, &json!({"queue": "work"})).await;
        assert_eq!(answer.code(), (503, "unavailable"));
    }
}
