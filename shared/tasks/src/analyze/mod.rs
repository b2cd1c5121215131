//! Language, sentiment, key phrases, entities and topics of texts, and a summary of them.
//!
//! All of it is computed here, from lexica and counts: the same texts always give the same result,
//! and nothing leaves the worker. `docs/analyze.md` tells the methods and what they reach.

mod builtin;
mod entities;
mod gather;
mod highlights;
mod input;
mod language;
mod phrases;
mod query;
mod read;
mod report;
pub(crate) mod sentiment;
mod topics;
mod words;

use std::panic::resume_unwind;
use std::sync::Arc;

use async_trait::async_trait;
use domain::Failure;
use domain::kind::{FieldError, Kind, TaskContext};
use domain::ports::{Texts, Uploads};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use builtin::Stop;
use gather::{Gathered, Sources};

pub use input::{AnalyzeInput, Document};
pub use query::QueryInput;

/// Analyses that may hold tens of megabytes, at once in one process: a worker runs several tasks.
const LARGE_AT_ONCE: usize = 1;

/// Analyses inline documents, an upload, or what a query finds.
pub struct Analyze {
    uploads: Arc<dyn Uploads>,
    texts: Arc<dyn Texts>,
    large: Arc<Semaphore>,
}

impl Analyze {
    /// Reads documents from these, where they are not inline.
    pub fn new(uploads: Arc<dyn Uploads>, texts: Arc<dyn Texts>) -> Self {
        Self {
            uploads,
            texts,
            large: Arc::new(Semaphore::new(LARGE_AT_ONCE)),
        }
    }
}

#[async_trait]
impl Kind for Analyze {
    const NAME: &'static str = "analyze";
    type Input = AnalyzeInput;

    fn check(input: &AnalyzeInput) -> Result<(), Vec<FieldError>> {
        input.check()
    }

    async fn run(&self, context: &TaskContext, input: AnalyzeInput) -> Result<Value, Failure> {
        let large = input.documents.is_none();
        // Closed never; where it were, nothing would have to wait.
        let _place = if large {
            self.large.acquire().await.ok()
        } else {
            None
        };
        let hint = input.language.clone();
        let sources = Sources {
            uploads: self.uploads.as_ref(),
            texts: self.texts.as_ref(),
        };
        let gathered = sources.gather(context, input).await?;
        compute(context.clone(), gathered, hint).await
    }
}

/// Dropping the future stops the computation after its current document.
async fn compute(
    context: TaskContext,
    gathered: Gathered,
    hint: Option<String>,
) -> Result<Value, Failure> {
    let stop = Stop::default();
    let signal = stop.signal();
    let work = move || {
        let Gathered { documents, origin } = gathered;
        let report = builtin::analyse(&documents, hint.as_deref(), &context, &signal);
        drop(documents);
        report.map(|report| report.told_of(origin))
    };
    match spawn_blocking(work).await {
        Ok(Some(value)) => {
            value.map_err(|error| Failure::permanent("result_unwritable", format!("{error}.")))
        }
        Ok(None) => Err(Failure::transient(
            "worker_lost",
            "The analysis was stopped.",
        )),
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        Err(_) => Err(Failure::transient(
            "worker_lost",
            "The worker is shutting down.",
        )),
    }
}

/// To four digits after the point: more would promise what no method here holds.
fn rounded(value: f64) -> f64 {
    // Adding zero makes the negative zero positive.
    (value * 10_000.0).round() / 10_000.0 + 0.0
}

#[cfg(test)]
mod origins;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
