//! A submission's body as a request to the use case.

use app::submit_task::{RequestedTerms, Start, TaskRequest};
use domain::IdempotencyKey;
use domain::kind::FieldError;
use protocol::http::SubmitBody;
use time::Duration;

use super::submit_task::invalid;
use crate::edge::{Refusal, Traced};

/// The request that a body makes, with its key.
pub(super) fn task_request(
    body: SubmitBody,
    idempotency_key: Option<IdempotencyKey>,
    Traced(trace): Traced,
) -> Result<TaskRequest, Refusal> {
    let terms = RequestedTerms {
        priority: wire::task::read_priority(body.priority),
        start: start(&body)?,
        deadline: body.deadline,
        callback_url: body.callback_url,
    };
    Ok(TaskRequest {
        kind: body.kind,
        input: body.input,
        tags: body.tags,
        terms,
        idempotency_key,
        trace,
    })
}

fn start(body: &SubmitBody) -> Result<Start, Refusal> {
    match (body.delay, body.run_at) {
        (None, None) => Ok(Start::Now),
        (Some(seconds), None) => Ok(Start::After(Duration::seconds(seconds.into()))),
        (None, Some(at)) => Ok(Start::At(at)),
        (Some(_), Some(_)) => Err(invalid(vec![FieldError::new(
            "delay",
            "give delay or run_at, not both",
        )])),
    }
}
