//! The analysis by a language model, on top of the one that needs none.
//!
//! The built-in analysis comes first: it tells languages and phrases, and what the model leaves out.
//! Then the model judges the documents, some in each prompt and some prompts at once, and writes
//! the summary. What it says is data like any other: read line by line, bounded, and never trusted
//! to name more than a document of its own prompt.

mod answer;
mod ask;
mod prompt;

use std::sync::{Arc, Mutex, PoisonError};

use domain::kind::TaskContext;
use domain::model::{Prices, SpendLimits, TokenUsage};
use domain::ports::{Spending, TextModel};
use domain::{Failure, Usd};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Serialize;

use super::gather::Gathered;
use super::report::Report;
pub(super) use answer::Judgement;
use ask::Ask;
use prompt::Batch;

/// Most documents that a model judges in one task: what it does in a worker's time.
const MOST_DOCUMENTS: usize = 500;
/// Prompts under way at once.
const AT_ONCE: usize = 4;

/// A language model with what it costs and what may be spent on it.
#[derive(Clone)]
pub struct ModelService {
    /// Answers.
    pub model: Arc<dyn TextModel>,
    /// Its name, as the result tells it.
    pub id: String,
    /// What it costs.
    pub prices: Prices,
    /// Counts what is spent.
    pub spending: Arc<dyn Spending>,
    /// What may be spent at most.
    pub limits: SpendLimits,
}

/// What the model was asked for a task, and what that came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Bill {
    /// The model's name.
    id: String,
    /// How many prompts were answered.
    calls: u32,
    input_tokens: u64,
    output_tokens: u64,
    /// At the prices of the settings.
    cost_usd: f64,
    /// Documents that the model said nothing of: they have the built-in analysis.
    unanswered: usize,
}

/// How far the task is, for all prompts at once.
#[derive(Default)]
struct Tally {
    usage: TokenUsage,
    calls: u32,
    done: usize,
}

/// One analysis.
pub(super) struct Work<'a> {
    service: &'a ModelService,
    context: &'a TaskContext,
    limits: SpendLimits,
    count: usize,
    tally: Mutex<Tally>,
}

impl<'a> Work<'a> {
    /// An analysis that may cost no more than the settings and the caller allow.
    pub(super) fn new(
        service: &'a ModelService,
        context: &'a TaskContext,
        most: Option<Usd>,
    ) -> Self {
        let SpendLimits { task, tenant } = service.limits;
        Self {
            service,
            context,
            limits: SpendLimits {
                task: most.map_or(task, |most| most.min(task)),
                tenant,
            },
            count: 0,
            tally: Mutex::default(),
        }
    }

    /// Refuses what is too much before anything is computed or paid.
    pub(super) fn check(&mut self, gathered: &Gathered) -> Result<(), Failure> {
        self.count = gathered.documents.len();
        if self.count > MOST_DOCUMENTS {
            let message = format!(
                "A model judges up to {MOST_DOCUMENTS} documents in one task, and there are {}: split them, or use the provider builtin.",
                self.count
            );
            return Err(Failure::permanent("too_many_documents", message));
        }
        let prompts = Batch::all(&gathered.documents).map(|batch| batch.prompt());
        let most: Usd = prompts
            .map(|prompt| self.service.prices.most(&prompt))
            .sum();
        if most > self.limits.task {
            return Err(ask::over_task_limit(most, self.limits.task));
        }
        Ok(())
    }

    /// Has the model judge the documents and write the summary.
    pub(super) async fn judge(
        &self,
        gathered: &Gathered,
        report: Report,
    ) -> Result<(Report, Bill), Failure> {
        let documents = &gathered.documents;
        if documents.is_empty() {
            return Ok((report, self.bill(0)));
        }
        let batches: Vec<_> = Batch::all(documents)
            .map(|batch| self.batch(batch))
            .collect();
        let batches = stream::iter(batches).buffer_unordered(AT_ONCE);
        let judged: Vec<Vec<(usize, Judgement)>> = batches.try_collect().await?;
        let judged: Vec<_> = judged.into_iter().flatten().collect();
        if judged.is_empty() {
            let message = "The model answered in no form that can be read. Use the provider builtin, or another model.";
            return Err(Failure::permanent("model_answer_unusable", message));
        }
        let unanswered = documents.len() - judged.len();
        let mut report = report.judged(judged, documents);
        report.summarised(self.summary(&report, gathered).await?);
        Ok((report, self.bill(unanswered)))
    }

    async fn batch(&self, batch: Batch<'_>) -> Result<Vec<(usize, Judgement)>, Failure> {
        let mut lines = answer::Lines::of(&batch);
        let ask = self.ask();
        let usage = ask
            .run(&batch.prompt(), |text| {
                let judged = lines.push(text);
                self.tell(judged, lines.partial());
            })
            .await?;
        let judged = lines.finish();
        self.count_in(usage);
        Ok(judged)
    }

    async fn summary(&self, report: &Report, gathered: &Gathered) -> Result<String, Failure> {
        let prompt = prompt::summary(report, &gathered.documents);
        let mut said = String::new();
        let ask = self.ask();
        let usage = ask
            .run(&prompt, |text| {
                said.push_str(text);
                self.context.report(97, format!("summary: {}", tail(&said)));
            })
            .await?;
        self.count_in(usage);
        Ok(said.trim().to_owned())
    }

    fn ask(&self) -> Ask<'_> {
        Ask {
            service: self.service,
            context: self.context,
            limits: self.limits,
        }
    }

    /// Tells how many documents are judged, and the model's last words.
    fn tell(&self, judged: usize, partial: &str) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.done += judged;
        let (done, count) = (tally.done.min(self.count), self.count);
        drop(tally);
        let percent = u8::try_from(10 + done * 85 / count.max(1)).unwrap_or(95);
        let message = format!("{done} of {count} documents judged: {}", tail(partial));
        self.context.report(percent, message);
    }

    fn count_in(&self, usage: TokenUsage) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.calls += 1;
        tally.usage.input += usage.input;
        tally.usage.output += usage.output;
    }

    fn bill(&self, unanswered: usize) -> Bill {
        let tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        Bill {
            id: self.service.id.clone(),
            calls: tally.calls,
            input_tokens: tally.usage.input,
            output_tokens: tally.usage.output,
            cost_usd: self.service.prices.cost(tally.usage).dollars(),
            unanswered,
        }
    }
}

/// The last words of a text that is being written, short enough for a report.
fn tail(text: &str) -> &str {
    /// Bytes.
    const LONGEST: usize = 140;
    let mut start = text.len().saturating_sub(LONGEST);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text[start..].trim()
}

#[cfg(test)]
mod tests;
