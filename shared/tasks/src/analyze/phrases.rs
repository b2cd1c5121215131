//! Key phrases: what a text speaks of.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{Run, Word};

/// Most words in a phrase.
const LONGEST: usize = 3;
/// Most key phrases of one document.
const MOST: usize = 5;

/// A phrase over all documents.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    /// The documents that have it, by their places.
    pub(super) documents: BTreeSet<usize>,
    /// How often it stands in all of them.
    times: usize,
    /// The ways it was written, with how often each was.
    texts: BTreeMap<String, usize>,
}

impl Counted {
    /// As it was written most often.
    pub(super) fn text(&self) -> &str {
        let mut best = ("", 0);
        for (text, times) in &self.texts {
            if *times > best.1 {
                best = (text, *times);
            }
        }
        best.0
    }
}

/// Every phrase of all documents by its key: the keys of its words with spaces between.
pub(super) struct Counts {
    /// How many documents there are.
    pub(super) documents: usize,
    /// The phrases.
    pub(super) phrases: BTreeMap<String, Counted>,
}

/// Counts the phrases of documents, each given by its runs.
pub(super) fn count(documents: &[&[Run]]) -> Counts {
    let mut phrases: BTreeMap<String, Counted> = BTreeMap::new();
    for (n, runs) in documents.iter().enumerate() {
        for words in runs.iter().flat_map(grams) {
            let counted = phrases.entry(key(words)).or_default();
            counted.documents.insert(n);
            counted.times += 1;
            *counted.texts.entry(text(words)).or_default() += 1;
        }
    }
    Counts {
        documents: documents.len(),
        phrases,
    }
}

impl Counts {
    /// How much a word tells: more the fewer documents have it.
    fn weight(&self, word: &Word) -> f64 {
        let documents = self.phrases.get(&word.key).map_or(0, |c| c.documents.len());
        #[expect(clippy::cast_precision_loss, reason = "there are at most thousands")]
        let rarity = (self.documents + 1) as f64 / (documents + 1) as f64;
        1.0 + rarity.ln()
    }

    fn repeated(&self, key: &str) -> bool {
        self.phrases
            .get(key)
            .is_some_and(|counted| counted.times > 1)
    }
}

/// The phrases of a document that tell most about it, best first, as they were first written.
///
/// A word alone is one, and a short run, and any part of a run that comes again in some document.
/// A phrase weighs the sum of its words' weights times how often the document has it.
pub(super) fn best(runs: &[Run], counts: &Counts) -> Vec<String> {
    let mut found: BTreeMap<String, Candidate<'_>> = BTreeMap::new();
    let all = runs
        .iter()
        .flat_map(|run| grams(run).map(move |words| (run, words)));
    for (place, (run, words)) in all.enumerate() {
        let key = key(words);
        if words.len() > 1 && words.len() < run.len() && !counts.repeated(&key) {
            continue;
        }
        let weight: f64 = words.iter().map(|word| counts.weight(word)).sum();
        let candidate = found.entry(key).or_insert(Candidate {
            words,
            place,
            score: 0.0,
        });
        candidate.score += weight;
    }
    let mut candidates: Vec<_> = found.into_values().collect();
    candidates.sort_by(|a, b| {
        let by_score = b.score.total_cmp(&a.score);
        let by_length = b.words.len().cmp(&a.words.len());
        by_score.then(by_length).then(a.place.cmp(&b.place))
    });
    let mut chosen: Vec<&[Word]> = Vec::new();
    for candidate in candidates {
        if chosen.len() == MOST {
            break;
        }
        if !chosen.iter().any(|words| overlap(words, candidate.words)) {
            chosen.push(candidate.words);
        }
    }
    chosen.into_iter().map(text).collect()
}

struct Candidate<'a> {
    words: &'a [Word],
    place: usize,
    score: f64,
}

/// Whether one of the two holds all words of the other.
fn overlap(a: &[Word], b: &[Word]) -> bool {
    let within = |a: &[Word], b: &[Word]| a.iter().all(|x| b.iter().any(|y| x.key == y.key));
    within(a, b) || within(b, a)
}

fn grams(run: &Run) -> impl Iterator<Item = &[Word]> {
    (1..=LONGEST).flat_map(|length| run.windows(length))
}

fn key(words: &[Word]) -> String {
    let keys: Vec<_> = words.iter().map(|word| word.key.as_str()).collect();
    keys.join(" ")
}

fn text(words: &[Word]) -> String {
    let texts: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
    texts.join(" ")
}
