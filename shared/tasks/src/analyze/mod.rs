//! Language, sentiment, key phrases and topics of short texts.
//!
//! All of it is computed here, from lexica and counts: the same texts always give the same result,
//! and nothing leaves the worker. `docs/analyze.md` tells the methods and what they reach.

mod input;
mod language;
mod phrases;
mod report;
pub(crate) mod sentiment;
mod topics;
mod words;

use async_trait::async_trait;
use domain::Failure;
use domain::kind::{FieldError, Kind, TaskContext};
use serde_json::Value;

use input::Document;
use language::{Language, Languages};
use report::{DocumentReport, Report};
use words::Run;

pub use input::AnalyzeInput;

/// Analyses inline documents.
pub struct Analyze;

#[async_trait]
impl Kind for Analyze {
    const NAME: &'static str = "analyze";
    type Input = AnalyzeInput;

    fn check(input: &AnalyzeInput) -> Result<(), Vec<FieldError>> {
        input.check()
    }

    async fn run(&self, context: &TaskContext, input: AnalyzeInput) -> Result<Value, Failure> {
        let languages = Languages::new(input.language.as_deref());
        let count = input.documents.len();
        let mut read = Vec::with_capacity(count);
        for (n, document) in input.documents.iter().enumerate() {
            read.push(Reading::of(document, &languages));
            context.report(
                percent(n + 1, count),
                format!("{} of {count} documents", n + 1),
            );
            // Nothing here waits, so this is where a cancelled task stops.
            tokio::task::yield_now().await;
        }
        let runs: Vec<_> = read.iter().map(|reading| reading.runs.as_slice()).collect();
        let counts = phrases::count(&runs);
        tokio::task::yield_now().await;
        let mut documents = Vec::with_capacity(count);
        for (document, reading) in input.documents.iter().zip(&read) {
            documents.push(DocumentReport {
                id: document.id.clone(),
                language: reading.language,
                sentiment: reading.sentiment,
                key_phrases: phrases::best(&reading.runs, &counts),
                topic: None,
            });
            tokio::task::yield_now().await;
        }
        let texts: Vec<_> = input.documents.iter().map(|d| d.text.as_str()).collect();
        let topics = topics::find(&counts, &texts);
        let report = Report::new(documents, &counts, topics);
        serde_json::to_value(report)
            .map_err(|error| Failure::permanent("result_unwritable", format!("{error}.")))
    }
}

/// What one document says by itself.
struct Reading {
    language: Option<Language>,
    sentiment: f64,
    runs: Vec<Run>,
}

impl Reading {
    fn of(document: &Document, languages: &Languages) -> Self {
        let language = languages.of(&document.text);
        let english = languages.read_as_english(language);
        let sentiment = if english {
            sentiment::sentiment(&document.text)
        } else {
            sentiment::of_signs(&document.text)
        };
        let code = if english {
            "en"
        } else {
            language.map_or("en", |l| l.code)
        };
        Self {
            language,
            sentiment: rounded(sentiment),
            runs: words::runs(&document.text, code),
        }
    }
}

/// The last tenth is for what is computed over all documents.
fn percent(done: usize, count: usize) -> u8 {
    u8::try_from(done * 90 / count.max(1)).unwrap_or(90)
}

/// To four digits after the point: more would promise what no method here holds.
fn rounded(value: f64) -> f64 {
    // Adding zero makes the negative zero positive.
    (value * 10_000.0).round() / 10_000.0 + 0.0
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
