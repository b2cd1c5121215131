//! `POST /tasks/batch`: takes many tasks on, each on its own.

use std::sync::Arc;

use app::submit_batch::{SubmitBatchError, check_size};
use app::submit_task::{Submitted, TaskRequest};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use protocol::http::{BatchBody, BatchItem, BatchOutcome, BatchOutcomes, BatchTaken};
use protocol::problem::{MEDIA_TYPE, Problem};
use serde_json::Value;

use super::submit_task::confirmation;
use super::task_request::task_request;
use crate::edge::{Caller, JsonBody, Refusal, SignedIn, Traced, idempotency_key, read_item};
use crate::state::App;

/// Longest body, in bytes: room for 100 tasks with the largest input. The whole invocation may be
/// 6 MB, and quoting the body takes some of it.
const LONGEST_BODY: usize = 5 * 1024 * 1024;

/// Queues up to 100 tasks and confirms each at once
///
/// Every task is taken on or refused by itself. Give each an `idempotency_key` and the whole batch
/// can be sent again after an error: what was taken on before is answered with `replayed`. Where
/// the tenant's rate does not allow all of them the first ones are taken, the others refused with
/// `rate_limited`; those of a paused kind are refused with `paused`.
#[utoipa::path(post, path = "/tasks/batch", tag = "tasks", request_body = BatchBody, responses(
    (status = 200, body = BatchOutcomes, description = "What became of each task."),
    (status = 400, body = Problem, content_type = MEDIA_TYPE,
        description = "`malformed_json`"),
    (status = 413, body = Problem, content_type = MEDIA_TYPE,
        description = "`body_too_large` (over 5 MiB), `too_many_tasks`"),
    (status = 415, body = Problem, content_type = MEDIA_TYPE,
        description = "`unsupported_media_type`"),
    (status = 422, body = Problem, content_type = MEDIA_TYPE,
        description = "`invalid_body`, also without any task"),
    SignedIn,
))]
pub(crate) async fn submit_batch(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    traced: Traced,
    JsonBody(body): JsonBody<BatchBody, LONGEST_BODY>,
) -> Result<Json<BatchOutcomes>, Refusal> {
    check_size(body.tasks.len())?;
    let (mut places, mut requests, mut outcomes) = (vec![], vec![], vec![]);
    for (index, item) in body.tasks.into_iter().enumerate() {
        match request(item, traced) {
            Ok(request) => {
                places.push(index);
                requests.push(request);
            }
            Err(refusal) => outcomes.push((index, Err(refusal))),
        }
    }
    if !requests.is_empty() {
        let submitted = app.submit_batch.run(&caller, requests).await?;
        let submitted = submitted.into_iter().map(|one| one.map_err(Refusal::from));
        outcomes.extend(places.into_iter().zip(submitted));
    }
    outcomes.sort_by_key(|(index, _)| *index);
    let tasks = outcomes.into_iter().map(outcome).collect();
    Ok(Json(BatchOutcomes { tasks }))
}

fn request(item: Value, traced: Traced) -> Result<TaskRequest, Refusal> {
    let (body, key) = read_item::<BatchItem>(item)?.into_parts();
    task_request(body, key.map(idempotency_key).transpose()?, traced)
}

fn outcome((index, outcome): (usize, Result<Submitted, Refusal>)) -> BatchOutcome {
    match outcome {
        Ok(submitted) => BatchOutcome::Taken(BatchTaken {
            index,
            confirmation: confirmation(&submitted),
            replayed: submitted.replayed,
        }),
        Err(refusal) => BatchOutcome::Refused(refusal.into_part(index)),
    }
}

impl From<SubmitBatchError> for Refusal {
    fn from(error: SubmitBatchError) -> Self {
        let detail = error.to_string();
        match error {
            SubmitBatchError::TooMany { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_tasks", detail)
            }
            SubmitBatchError::Empty => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Self::new(status, "invalid_body", detail.clone()).at([("tasks", detail)])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::ports::Pauses as _;
    use serde_json::json;
    use testkit::build::{self, NOW};
    use testkit::memory::Fault;

    use crate::scene::{Scene, sample};

    #[tokio::test]
    async fn every_task_has_its_outcome_in_its_place() {
        let scene = Scene::new().await;
        let before = scene.tasks.all().len();
        let answer = scene.ask(sample("submit-batch")).await;
        let outcomes = answer.body["tasks"].as_array().unwrap();
        let told: Vec<_> = outcomes
            .iter()
            .map(|one| one["error"]["code"].as_str().unwrap_or_default())
            .collect();
        let expected = [
            "",
            "unknown_kind",
            "invalid_input",
            "",
            "idempotency_key_reused",
            "invalid_body",
            "invalid_idempotency_key",
            "invalid_body",
            "",
        ];
        assert_eq!(told, expected);
        for (place, outcome) in outcomes.iter().enumerate() {
            assert_eq!(outcome["index"], place);
        }
        assert_eq!(outcomes[0]["request_id"], outcomes[3]["request_id"]);
        assert_eq!(outcomes[3]["replayed"], true);
        assert_eq!(scene.tasks.all().len(), before + 2);
    }

    #[tokio::test]
    async fn what_is_paused_is_refused_and_the_others_go_on() {
        let scene = Scene::new().await;
        let pause = build::pause("kind:export", "guard:budget", NOW);
        scene.pauses.pause(&pause).await.unwrap();
        let export = json!({"kind": "export", "input": {"source": "events", "format": "csv"}});
        let keyed = json!({"kind": "export", "input": {"source": "events", "format": "csv"}, "idempotency_key": "k"});
        let tasks = json!({"tasks": [export, {"kind": "aggregate"}, keyed]});
        let answer = scene.post("/tasks/batch", tasks).await;
        let told = |place: usize| &answer.body["tasks"][place]["error"];
        for place in [0, 2] {
            assert_eq!(told(place)["code"], "paused");
            assert_eq!(told(place)["retry_after"], 60);
        }
        assert_eq!(answer.body["tasks"][1]["status"], "processing");
        assert_eq!(scene.queue.take().len(), 1);
    }

    #[tokio::test]
    async fn a_batch_has_a_size() {
        let scene = Scene::new().await;
        let tasks = |count: usize| json!({"tasks": vec![json!({}); count]});
        let most = scene.post("/tasks/batch", tasks(100)).await;
        assert_eq!(most.status, 200, "each is refused by itself");
        for (body, refusal) in [
            (tasks(101), (413, "too_many_tasks")),
            (tasks(0), (422, "invalid_body")),
            (json!({}), (422, "invalid_body")),
            (json!({"tasks": {}}), (422, "invalid_body")),
        ] {
            let answer = scene.post("/tasks/batch", &body).await;
            assert_eq!(answer.code(), refusal, "{answer:?}");
        }
        let padding = " ".repeat(5 * 1024 * 1024);
        let long = scene.post("/tasks/batch", format!("{padding}{{}}")).await;
        assert_eq!(long.code(), (413, "body_too_large"));
        assert!(scene.queue.take().is_empty());
    }

    #[tokio::test]
    async fn a_store_that_is_away_for_one_is_told_for_that_one() {
        let scene = Scene::new().await;
        scene.faults.on("tasks.create", 1, Fault::Unavailable);
        let two = json!({"tasks": [{"kind": "aggregate"}, {"kind": "aggregate"}]});
        let answer = scene.post("/tasks/batch", two).await;
        assert_eq!(answer.status, 200);
        let tasks = answer.body["tasks"].as_array().unwrap();
        let (taken, refused): (Vec<_>, Vec<_>) =
            tasks.iter().partition(|task| task["error"].is_null());
        assert_eq!(refused[0]["error"]["code"], "unavailable");
        assert_eq!(taken[0]["status"], "processing");
    }

    #[tokio::test]
    async fn of_too_many_tasks_the_first_ones_are_taken() {
        let scene = Scene::new().await;
        let before = scene.tasks.all().len();
        let mut tasks = vec![json!({"kind": "aggregate"}); 25];
        tasks[3] = json!({"kind": "dance"});
        let answer = scene.post("/tasks/batch", json!({"tasks": tasks})).await;
        assert_eq!(answer.status, 200);
        for (place, outcome) in answer.body["tasks"].as_array().unwrap().iter().enumerate() {
            let error = &outcome["error"];
            let expected = match place {
                3 => json!("unknown_kind"),
                0..=20 => json!(null),
                _ => json!("rate_limited"),
            };
            assert_eq!(error["code"], expected, "{outcome}");
            let limited = error["code"] == "rate_limited";
            assert_eq!(
                error["retry_after"],
                if limited { json!(2) } else { json!(null) }
            );
        }
        assert_eq!(scene.tasks.all().len(), before + 20);
    }
}
