//! The sentences that say most of what all documents say: an extractive summary.
//!
//! `SumBasic` (Nenkova and Vanderwende 2005): a sentence weighs the mean of how often its words stand
//! in the documents; the best is taken, then its words weigh less, so that the next says something
//! else.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation;

use super::input::Document;
use super::phrases::Counts;
use super::words::{Runs, Vocabulary, Word};

/// Most sentences.
const MOST: usize = 3;
/// Most documents that are read for them, taken evenly from all.
const SAMPLE: usize = 2_000;
/// Most sentences of one document.
const EACH: usize = 20;
/// Bytes of a sentence that can be shown.
const LENGTH: std::ops::RangeInclusive<usize> = 20..=300;
/// Fewest words that name something.
const WORDS: usize = 3;

/// A sentence that speaks for many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Highlight {
    /// The document it stands in.
    pub(super) id: String,
    pub(super) text: String,
}

struct Sentence<'a> {
    document: &'a Document,
    text: &'a str,
    words: Vec<Word>,
}

/// The sentences, best first.
pub(super) fn find(
    documents: &[Document],
    language: impl Fn(usize) -> &'static str,
    counts: &Counts<'_>,
    vocabulary: &Vocabulary,
) -> Vec<Highlight> {
    let step = documents.len().div_ceil(SAMPLE).max(1);
    let mut sentences = Vec::new();
    for (n, document) in documents.iter().enumerate().step_by(step) {
        sentences.extend(of_document(document, language(n), vocabulary));
    }
    choose(sentences, counts)
}

fn of_document<'a>(
    document: &'a Document,
    language: &str,
    vocabulary: &Vocabulary,
) -> Vec<Sentence<'a>> {
    let sentences = document
        .text
        .split_sentence_bounds()
        .map(str::trim)
        .take(EACH);
    let fit = sentences.filter(|text| LENGTH.contains(&text.len()));
    let sentence = |text| Sentence {
        document,
        text,
        words: distinct(&vocabulary.known_runs(text, language)),
    };
    fit.map(sentence)
        .filter(|sentence| sentence.words.len() >= WORDS)
        .collect()
}

fn distinct(runs: &Runs) -> Vec<Word> {
    let mut seen = HashSet::new();
    let words = runs.iter().flatten().copied();
    words.filter(|word| seen.insert(word.key)).collect()
}

fn choose(mut sentences: Vec<Sentence<'_>>, counts: &Counts<'_>) -> Vec<Highlight> {
    #[expect(clippy::cast_precision_loss, reason = "there are at most thousands")]
    let share = |word: Word| counts.frequency(word) as f64 / counts.documents().max(1) as f64;
    let mut shares: HashMap<u32, f64> = HashMap::new();
    for word in sentences.iter().flat_map(|sentence| &sentence.words) {
        shares.entry(word.key).or_insert_with(|| share(*word));
    }
    let mut chosen: Vec<Highlight> = Vec::new();
    while chosen.len() < MOST {
        let Some(best) = best(&sentences, &shares) else {
            break;
        };
        let sentence = sentences.remove(best);
        for word in &sentence.words {
            shares.entry(word.key).and_modify(|share| *share *= *share);
        }
        sentences.retain(|other| other.text != sentence.text);
        chosen.push(Highlight {
            id: sentence.document.id.clone(),
            text: sentence.text.to_owned(),
        });
    }
    chosen
}

/// The first of those that weigh most.
fn best(sentences: &[Sentence<'_>], shares: &HashMap<u32, f64>) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (n, sentence) in sentences.iter().enumerate() {
        let sum: f64 = sentence
            .words
            .iter()
            .filter_map(|word| shares.get(&word.key))
            .sum();
        #[expect(clippy::cast_precision_loss, reason = "a sentence has few words")]
        let weight = sum / sentence.words.len() as f64;
        if best.is_none_or(|(_, most)| weight > most) {
            best = Some((n, weight));
        }
    }
    best.map(|(n, _)| n)
}
