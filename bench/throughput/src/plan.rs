//! What is to be run, and why it was not.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use runtime_api::Setup;
use serde::Deserialize;
use serde_json::Value;

/// How long one invocation may take: the template's for the function that takes longest.
const TIMEOUT: Duration = Duration::from_mins(2);

/// One run.
#[derive(Debug, Deserialize)]
#[serde(tag = "run", rename_all = "lowercase")]
pub(crate) enum Run {
    Submit(Submit),
    Worker(Worker),
    Pool(Pool),
    Ingest(Ingest),
}

/// A binary and its variables.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) env: BTreeMap<String, String>,
}

/// Takes so many tasks on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Submit {
    pub(crate) program: Program,
    /// A call of API Gateway; its body is replaced.
    pub(crate) event: Value,
    pub(crate) tasks: usize,
}

/// Runs so many tasks, which the queue holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Worker {
    pub(crate) program: Program,
    pub(crate) queue_url: String,
    pub(crate) tasks: usize,
    /// Messages in an event at most.
    pub(crate) batch: usize,
    /// Processes that work at once.
    pub(crate) at_once: usize,
}

/// The same by a process that polls.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pool {
    pub(crate) program: Program,
    pub(crate) tasks: usize,
}

/// Takes events in: for each of `batches` so many calls with so many events.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ingest {
    pub(crate) program: Program,
    pub(crate) event: Value,
    /// The number of the first event, which is part of its id.
    pub(crate) first: usize,
    /// The minute of the events, without seconds: `2026-03-01T12:00`.
    pub(crate) minute: String,
    pub(crate) batches: Vec<Batches>,
}

/// So many calls of one size.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Batches {
    pub(crate) size: usize,
    pub(crate) calls: usize,
}

impl Program {
    /// The program as a function.
    pub(crate) fn setup(&self) -> Setup {
        Setup {
            program: self.path.clone(),
            arguments: vec![],
            env: self.env.clone().into_iter().collect(),
            timeout: TIMEOUT,
            at_once: 1,
        }
    }
}

/// There are no figures.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error("the run is not described as it must be")]
    Form(#[from] serde_json::Error),
    #[error("the function did not answer")]
    Function(#[from] runtime_api::Failed),
    #[error("the answer is not the one that was expected: {0}")]
    Answer(Value),
    #[error("not every task was done; the last line of the function: {last}")]
    NotDone { last: String },
    #[error("the program cannot be run")]
    Process(#[from] std::io::Error),
    #[error("the program ended after {done} of {tasks} tasks")]
    Ended { done: usize, tasks: usize },
    #[error("AWS is not set up")]
    Settings(#[from] aws::NoRegion),
    #[error("the queue did not answer")]
    Queue(#[source] sqs_batch::BoxError),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_run_is_read_by_its_name_and_nothing_of_it_is_left_out() {
        let program = json!({"path": "worker", "env": {"AWS_REGION": "us-east-1"}});
        let run = json!({"run": "pool", "program": program, "tasks": 3});
        let read = serde_json::from_value(run.clone());
        assert!(matches!(read, Ok(Run::Pool(Pool { tasks: 3, .. }))));
        for (name, value) in [("run", json!("dance")), ("batch", json!(10))] {
            let mut wrong = run.clone();
            wrong[name] = value;
            assert!(serde_json::from_value::<Run>(wrong).is_err(), "{name}");
        }
    }
}
