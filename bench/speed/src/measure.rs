//! One subject, started and invoked.

use std::time::{Duration, Instant};

use futures::future::try_join_all;
use runtime_api::{Failed, Function, Usage};
use serde_json::Value;

use crate::plan::Subject;

/// Invocations of each process that are not counted: pools fill, caches warm up, a JIT compiles.
const WARM_UP: usize = 50;

/// A cold start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// From the start of the process until it asks for its first event.
    pub(crate) init: Duration,
    /// The first invocation; nothing where the subject has no event.
    pub(crate) first: Option<Duration>,
    /// Largest resident size in bytes; nothing where the system does not tell.
    pub(crate) resident: Option<u64>,
}

/// Many invocations of so many processes at once.
#[derive(Debug)]
pub(crate) struct Warm {
    pub(crate) at_once: usize,
    /// Each invocation, in no order.
    pub(crate) invocations: Vec<Duration>,
    /// All of them together.
    pub(crate) elapsed: Duration,
    /// Processor time of all processes.
    pub(crate) processor: Option<Duration>,
    /// Largest resident size of the largest process, in bytes.
    pub(crate) resident: Option<u64>,
}

/// There is no figure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MeasureError {
    #[error("{failed}; its last line: {last}")]
    Failed { failed: Failed, last: String },
    #[error("the answer is not the one that was expected: {0}")]
    Answer(Value),
}

/// With what the function said last, which is mostly why.
fn failed(failed: Failed, function: &Function) -> MeasureError {
    let last = function.log().pop().unwrap_or_default();
    MeasureError::Failed { failed, last }
}

/// Starts a process, has it answer once, and ends it.
pub(crate) async fn start(subject: &Subject) -> Result<Start, MeasureError> {
    let function = Function::new(subject.setup());
    let begun = Instant::now();
    let started = function.start().await;
    let init = begun.elapsed();
    started.map_err(|error| failed(error, &function))?;
    let first = match &subject.event {
        Some(event) => Some(invoke(subject, &function, event).await?),
        None => None,
    };
    let resident = usage(&function).await.map(|usage| usage.resident);
    function.kill9().await;
    Ok(Start {
        init,
        first,
        resident,
    })
}

/// Has `at_once` warm processes answer `invocations` times in all.
pub(crate) async fn warm(
    subject: &Subject,
    at_once: usize,
    invocations: usize,
) -> Result<Warm, MeasureError> {
    let functions: Vec<_> = (0..at_once)
        .map(|_| Function::new(subject.setup()))
        .collect();
    let each = invocations.div_ceil(at_once);
    try_join_all(functions.iter().map(|one| repeat(subject, one, WARM_UP))).await?;
    let before = all(&functions).await;
    let begun = Instant::now();
    let answered = try_join_all(functions.iter().map(|one| repeat(subject, one, each))).await?;
    let elapsed = begun.elapsed();
    let after = all(&functions).await;
    for function in &functions {
        function.kill9().await;
    }
    let processor = before
        .zip(after)
        .map(|(before, after)| after.processor.saturating_sub(before.processor));
    Ok(Warm {
        at_once,
        invocations: answered.concat(),
        elapsed,
        processor,
        resident: after.map(|usage| usage.resident),
    })
}

async fn repeat(
    subject: &Subject,
    function: &Function,
    times: usize,
) -> Result<Vec<Duration>, MeasureError> {
    let Some(event) = &subject.event else {
        return Ok(vec![]);
    };
    let mut taken = Vec::with_capacity(times);
    for _ in 0..times {
        taken.push(invoke(subject, function, event).await?);
    }
    Ok(taken)
}

async fn invoke(
    subject: &Subject,
    function: &Function,
    event: &Value,
) -> Result<Duration, MeasureError> {
    let event = event.clone();
    let begun = Instant::now();
    let answer = function.invoke(event).await;
    let taken = begun.elapsed();
    let answer = answer.map_err(|error| failed(error, function))?;
    let right = subject
        .status
        .is_none_or(|status| answer["statusCode"] == status);
    right.then_some(taken).ok_or(MeasureError::Answer(answer))
}

/// The sum of their processor times, and the largest of their sizes.
async fn all(functions: &[Function]) -> Option<Usage> {
    let mut sum = Usage::default();
    for function in functions {
        let one = usage(function).await?;
        sum.processor += one.processor;
        sum.resident = sum.resident.max(one.resident);
    }
    Some(sum)
}

async fn usage(function: &Function) -> Option<Usage> {
    runtime_api::usage(function.process_id().await?)
}
