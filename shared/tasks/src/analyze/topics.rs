//! Topics: phrases that several documents share.

use std::collections::BTreeMap;

use super::input::Document;
use super::phrases::{Counts, Phrase};

/// Most topics of one task.
const MOST: usize = 10;
/// Most characters of a topic's example.
const EXCERPT: usize = 160;

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Topic {
    /// The phrase that its documents share.
    pub(super) label: String,
    /// Its documents, by their places. Each document has one topic at most.
    pub(super) documents: Vec<usize>,
    /// The beginning of its first document.
    pub(super) example: String,
}

impl Topic {
    /// A topic of these documents.
    pub(super) fn new(label: String, places: Vec<usize>, documents: &[Document]) -> Self {
        let first = places.first().and_then(|n| documents.get(*n));
        let excerpt = |document: &Document| document.text.chars().take(EXCERPT).collect();
        Self {
            label,
            example: first.map_or_else(String::new, excerpt),
            documents: places,
        }
    }
}

/// Takes, again and again, the phrase that covers most documents without a topic, where a phrase of
/// more words needs fewer, until none covers two.
///
/// A phrase that more than three quarters of the documents have tells none of them apart.
pub(super) fn find(counts: &Counts<'_>, documents: &[Document]) -> Vec<Topic> {
    let most = (counts.documents() * 3 / 4).max(2);
    let shared = |phrase: &&Phrase| (2..=most).contains(&phrase.documents.len());
    let candidates: Vec<_> = counts.phrases().iter().filter(shared).collect();
    let mut open = vec![true; counts.documents()];
    let mut topics = Vec::new();
    while topics.len() < MOST {
        let Some(phrase) = best(&candidates, &open) else {
            break;
        };
        let places: Vec<_> = covered(phrase, &open).collect();
        for n in &places {
            open[*n] = false;
        }
        topics.push(Topic::new(counts.written(phrase), places, documents));
    }
    topics
}

/// The topics that documents name themselves: those that two name at least, the largest first.
pub(super) fn told(topics: &[Option<&str>], documents: &[Document]) -> Vec<Topic> {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (n, topic) in topics.iter().enumerate() {
        if let Some(topic) = topic {
            places.entry(topic).or_default().push(n);
        }
    }
    let mut shared: Vec<_> = places
        .into_iter()
        .filter(|(_, places)| places.len() > 1)
        .collect();
    shared.sort_by_key(|(_, places)| std::cmp::Reverse(places.len()));
    shared.truncate(MOST);
    let topic = |(label, places): (&str, _)| Topic::new(label.to_owned(), places, documents);
    shared.into_iter().map(topic).collect()
}

fn best<'a>(candidates: &[&'a Phrase], open: &[bool]) -> Option<&'a Phrase> {
    let mut best: Option<(usize, &Phrase)> = None;
    for phrase in candidates {
        let weight = 1 + phrase.length();
        let most = best.map_or(0, |(most, _)| most);
        // It cannot cover more than it has.
        if phrase.documents.len() * weight <= most {
            continue;
        }
        let covered = covered(phrase, open).count();
        if covered >= 2 && covered * weight > most {
            best = Some((covered * weight, phrase));
        }
    }
    best.map(|(_, phrase)| phrase)
}

fn covered<'a>(phrase: &'a Phrase, open: &'a [bool]) -> impl Iterator<Item = usize> + 'a {
    let places = phrase
        .documents
        .iter()
        .filter_map(|n| usize::try_from(*n).ok());
    places.filter(|n| open.get(*n).copied().unwrap_or_default())
}
