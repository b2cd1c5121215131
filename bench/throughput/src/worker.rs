//! Runs tasks by the function `worker`, as an event source mapping has it done: receive, hand over, delete.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aws::Sdk;
use aws::sqs::PolledQueue;
use aws_lambda_events::sqs::SqsEvent;
use futures::future::try_join_all;
use runtime_api::Function;
use serde_json::{Value, json};
use sqs_batch::Inbox;
use tokio::sync::Notify;

use crate::plan::{Failed, Worker};

/// How long the queue is asked for messages that are there.
const WAIT: Duration = Duration::from_secs(1);

/// The tasks that are left, and who waits for none to be.
struct Left {
    tasks: AtomicUsize,
    none: Notify,
}

/// Works the queue off.
pub(crate) async fn run(run: &Worker) -> Result<Value, Failed> {
    let queue = PolledQueue::new(&Sdk::load().await?, &run.queue_url);
    let functions: Vec<_> = (0..run.at_once)
        .map(|_| Function::new(run.program.setup()))
        .collect();
    try_join_all(functions.iter().map(Function::start)).await?;
    let left = Left {
        tasks: AtomicUsize::new(run.tasks),
        none: Notify::new(),
    };
    let begun = Instant::now();
    let working = functions
        .iter()
        .map(|function| work(function, &queue, run.batch, &left));
    tokio::select! {
        ended = try_join_all(working) => drop(ended?),
        // Whoever still asks the queue waits for messages that will not come.
        () = left.none.notified() => {}
    }
    let seconds = begun.elapsed().as_secs_f64();
    let mut processor = Duration::ZERO;
    for function in &functions {
        let used = function.process_id().await.and_then(runtime_api::usage);
        processor += used.map_or(Duration::ZERO, |used| used.processor);
        function.kill9().await;
    }
    let processor_ms = processor.as_secs_f64() * 1e3;
    Ok(json!({"tasks": run.tasks, "seconds": seconds, "processor_ms": processor_ms}))
}

async fn work(
    function: &Function,
    queue: &PolledQueue,
    batch: usize,
    left: &Left,
) -> Result<(), Failed> {
    loop {
        let messages = queue.receive(batch, WAIT).await.map_err(Failed::Queue)?;
        let receipts: Vec<_> = messages
            .iter()
            .filter_map(|message| message.receipt_handle.clone())
            .collect();
        if receipts.is_empty() {
            continue;
        }
        let mut event = SqsEvent::default();
        event.records = messages;
        let answer = function.invoke(serde_json::to_value(event)?).await?;
        if answer["batchItemFailures"] != json!([]) {
            let last = function.log().pop().unwrap_or_default();
            return Err(Failed::NotDone { last });
        }
        queue.delete(&receipts).await.map_err(Failed::Queue)?;
        let before = left.tasks.fetch_sub(receipts.len(), Ordering::Relaxed);
        if before == receipts.len() {
            left.none.notify_one();
        }
    }
}
