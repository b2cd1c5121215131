//! The analysis that needs nothing but the texts.
//!
//! It computes for as long as that takes and waits for nothing, so it runs on a thread of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::kind::TaskContext;

use super::entities;
use super::highlights;
use super::input::Document;
use super::language::{Language, Languages};
use super::phrases::Counts;
use super::report::{DocumentReport, Report};
use super::sentiment;
use super::topics;
use super::words::{Runs, Vocabulary};

/// Documents between two reports of progress, where there are many.
const STRIDE: usize = 100;
/// Documents each of which is reported.
const FEW: usize = 1_000;

/// Tells a computation to stop, once whoever wants its result is gone.
#[derive(Debug, Default)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// What the computation asks.
    pub(super) fn signal(&self) -> Signal {
        Signal(Arc::clone(&self.0))
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Whether to go on.
#[derive(Debug, Clone)]
pub(super) struct Signal(Arc<AtomicBool>);

impl Signal {
    fn go_on(&self) -> bool {
        !self.0.load(Ordering::Relaxed)
    }
}

/// What one document says by itself.
struct Reading {
    language: Option<Language>,
    /// The language it is read as.
    code: &'static str,
    sentiment: f64,
}

/// Analyses the documents; nothing where it was stopped. Progress goes from 10 to 99 percent.
pub(super) fn analyse(
    documents: &[Document],
    hint: Option<&str>,
    context: &TaskContext,
    signal: &Signal,
) -> Option<Report> {
    let languages = Languages::new(hint);
    let mut vocabulary = Vocabulary::default();
    let count = documents.len();
    let (mut readings, mut runs) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for (n, document) in documents.iter().enumerate() {
        if !signal.go_on() {
            return None;
        }
        let reading = Reading::of(document, &languages);
        runs.push(vocabulary.runs(&document.text, reading.code));
        readings.push(reading);
        if count <= FEW || (n + 1) % STRIDE == 0 || n + 1 == count {
            context.report(
                percent(n + 1, count),
                format!("{} of {count} documents", n + 1),
            );
        }
    }
    compare(documents, &readings, &runs, &vocabulary, signal)
}

/// What documents say beside each other.
fn compare(
    documents: &[Document],
    readings: &[Reading],
    runs: &[Runs],
    vocabulary: &Vocabulary,
    signal: &Signal,
) -> Option<Report> {
    let counts = Counts::of(runs, vocabulary, &|| signal.go_on())?;
    let mut reports = Vec::with_capacity(documents.len());
    for ((document, reading), runs) in documents.iter().zip(readings).zip(runs) {
        if !signal.go_on() {
            return None;
        }
        reports.push(DocumentReport {
            id: document.id.clone(),
            language: reading.language,
            sentiment: reading.sentiment,
            key_phrases: counts.best(runs),
            entities: entities::find(&document.text, reading.code),
            topic: None,
            provider: None,
        });
    }
    let topics = topics::find(&counts, documents);
    let code = |n: usize| readings.get(n).map_or("en", |reading| reading.code);
    let highlights = highlights::find(documents, code, &counts, vocabulary);
    let report = Report::new(reports, topics, highlights, &counts);
    signal.go_on().then_some(report)
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
        Self {
            language,
            code: match language {
                Some(language) if !english => language.code,
                _ => "en",
            },
            sentiment: super::rounded(sentiment),
        }
    }
}

/// The first tenth is for getting the documents, the last for comparing them.
fn percent(done: usize, count: usize) -> u8 {
    u8::try_from(10 + done * 80 / count.max(1)).unwrap_or(90)
}
