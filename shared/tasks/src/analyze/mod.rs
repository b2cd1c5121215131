//! Language, sentiment, key phrases, entities and topics of texts, and a summary of them.
//!
//! The provider `builtin` computes all of it here, from lexica and counts: the same texts always give
//! the same result, and nothing leaves the worker. `bedrock` has a language model judge on top of
//! that. `docs/analyze.md` tells the methods and what they reach.

mod builtin;
mod entities;
mod gather;
mod highlights;
mod input;
mod language;
mod model;
mod phrases;
mod provider;
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
use domain::kind::{FieldError, Kind, ProgressSink, TaskContext};
use domain::ports::{Texts, Uploads};
use domain::task::Progress;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use builtin::Stop;
use gather::{Gathered, Origin, Sources};
use model::Work;
use report::Report;

pub use input::{AnalyzeInput, Document};
pub use model::ModelService;
pub use provider::Provider;
pub use query::QueryInput;

/// Analyses that may hold tens of megabytes, at once in one process: a worker runs several tasks.
const LARGE_AT_ONCE: usize = 1;

/// What analyses need from the outside.
#[derive(Clone)]
pub struct AnalyzeNeeds {
    /// Reads uploads.
    pub uploads: Arc<dyn Uploads>,
    /// Finds texts among a tenant's events.
    pub texts: Arc<dyn Texts>,
    /// The language model, where there is one.
    pub model: Option<ModelService>,
    /// Who analyses where the input does not say.
    pub provider: Provider,
}

/// Analyses inline documents, an upload, or what a query finds.
pub struct Analyze {
    needs: AnalyzeNeeds,
    large: Arc<Semaphore>,
}

impl Analyze {
    /// Analyses with these.
    pub fn new(needs: AnalyzeNeeds) -> Self {
        Self {
            needs,
            large: Arc::new(Semaphore::new(LARGE_AT_ONCE)),
        }
    }

    fn service(&self, wanted: Option<Provider>) -> Result<Option<&ModelService>, Failure> {
        match (wanted.unwrap_or(self.needs.provider), &self.needs.model) {
            (Provider::Builtin, _) => Ok(None),
            (Provider::Bedrock, Some(service)) => Ok(Some(service)),
            (Provider::Bedrock, None) => {
                let message = "This service has no language model: use the provider builtin.";
                Err(Failure::permanent("provider_not_configured", message))
            }
        }
    }
}

#[async_trait]
impl Kind for Analyze {
    const NAME: &'static str = "analyze";
    const TITLE: &'static str = "Analyze";
    const SUMMARY: &'static str = "Tells language, sentiment, key phrases, entities and topics of \
                                   texts, and sums all of them up.";
    type Input = AnalyzeInput;
    const COST_DRIVERS: &'static str = "With the provider builtin the worker's time, which grows \
        with the length of the texts. With bedrock the model's tokens, which cost far more than all \
        else: about one for every four letters read, and some for each document judged. An upload \
        adds one S3 request.";

    fn check(input: &AnalyzeInput) -> Result<(), Vec<FieldError>> {
        input.check()
    }

    async fn run(&self, context: &TaskContext, input: AnalyzeInput) -> Result<Value, Failure> {
        let service = self.service(input.provider)?;
        let large = input.documents.is_none();
        // Closed never; where it were, nothing would have to wait.
        let place = if large {
            self.large.acquire().await.ok()
        } else {
            None
        };
        let (hint, most) = (input.language.clone(), input.max_cost_usd);
        let sources = Sources {
            uploads: self.needs.uploads.as_ref(),
            texts: self.needs.texts.as_ref(),
        };
        let gathered = Arc::new(sources.gather(context, input).await?);
        let Some(service) = service else {
            return compute(context, &gathered, hint, |report, origin| {
                report.told(origin, None)
            })
            .await?
            .map_err(unwritable);
        };
        let mut work = Work::new(service, context, most);
        work.check(&gathered)?;
        // What a model judges is not much, and takes long.
        drop(place);
        // It takes no time beside the model.
        let quiet = TaskContext {
            progress: Arc::new(Quiet),
            ..context.clone()
        };
        let report = compute(&quiet, &gathered, hint, |report, _| report).await?;
        let (report, bill) = work.judge(&gathered, report).await?;
        report.told(gathered.origin, Some(bill)).map_err(unwritable)
    }
}

/// Takes progress that is not worth telling.
struct Quiet;

impl ProgressSink for Quiet {
    fn report(&self, _: Progress) {}
}

/// The built-in analysis, on a thread of its own, and what becomes of it there. Dropping the future
/// stops it after its current document.
async fn compute<T: Send + 'static>(
    context: &TaskContext,
    gathered: &Arc<Gathered>,
    hint: Option<String>,
    finish: fn(Report, Origin) -> T,
) -> Result<T, Failure> {
    let stop = Stop::default();
    let signal = stop.signal();
    let (context, gathered) = (context.clone(), gathered.clone());
    let work = move || {
        let report = builtin::analyse(&gathered.documents, hint.as_deref(), &context, &signal);
        report.map(|report| finish(report, gathered.origin))
    };
    match spawn_blocking(work).await {
        Ok(Some(finished)) => Ok(finished),
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

#[expect(clippy::needless_pass_by_value, reason = "maps errors")]
fn unwritable(error: serde_json::Error) -> Failure {
    Failure::permanent("result_unwritable", format!("{error}."))
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
