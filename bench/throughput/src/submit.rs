//! Takes tasks on, as a caller of `POST /tasks/batch` has it done.

use std::time::Instant;

use runtime_api::Function;
use serde_json::{Value, json};

use crate::call::call;
use crate::plan::{Failed, Submit};

/// Most tasks in one call.
const BATCH: usize = 100;

/// Submits the tasks, one call after the other.
pub(crate) async fn run(run: &Submit) -> Result<Value, Failed> {
    let api = Function::spawn(run.program.setup()).await?;
    let begun = Instant::now();
    for first in (0..run.tasks).step_by(BATCH) {
        let count = BATCH.min(run.tasks - first);
        let answer = call(
            &api,
            &run.event,
            &json!({"tasks": vec![light(); count]}),
            200,
        )
        .await?;
        let outcomes = answer["tasks"].as_array().map_or(&[][..], Vec::as_slice);
        let taken = outcomes.iter().filter(|one| one["request_id"].is_string());
        if taken.count() != count {
            return Err(Failed::Answer(answer));
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    api.kill9().await;
    Ok(json!({"tasks": run.tasks, "seconds": seconds}))
}

/// A task of a kind that computes next to nothing, so that what is measured is what every task takes.
fn light() -> Value {
    let document = json!({"id": "1", "text": "Fine."});
    json!({"kind": "analyze", "input": {"documents": [document]}})
}
