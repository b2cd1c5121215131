//! Topics: phrases that several documents share.

use std::collections::BTreeSet;

use super::phrases::{Counted, Counts};

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

/// Takes, again and again, the phrase that covers most documents without a topic, where a phrase of
/// more words needs fewer, until none covers two.
///
/// A phrase that more than three quarters of the documents have tells none of them apart.
pub(super) fn find(counts: &Counts, texts: &[&str]) -> Vec<Topic> {
    let most = (counts.documents * 3 / 4).max(2);
    let shared = |counted: &Counted| (2..=most).contains(&counted.documents.len());
    let candidates: Vec<_> = counts
        .phrases
        .iter()
        .filter(|(_, counted)| shared(counted))
        .collect();
    let mut open: BTreeSet<usize> = (0..counts.documents).collect();
    let mut topics = Vec::new();
    while topics.len() < MOST {
        let covering = candidates.iter().map(|(key, counted)| {
            let covered = counted.documents.intersection(&open).count();
            (covered * (1 + key.split(' ').count()), covered, *counted)
        });
        let mut best: Option<(usize, &Counted)> = None;
        for (score, covered, counted) in covering {
            if covered >= 2 && best.is_none_or(|(most, _)| score > most) {
                best = Some((score, counted));
            }
        }
        let Some((_, counted)) = best else { break };
        let documents: Vec<_> = counted.documents.intersection(&open).copied().collect();
        open.retain(|n| !documents.contains(n));
        let first = documents.first().and_then(|n| texts.get(*n));
        topics.push(Topic {
            label: counted.text().to_owned(),
            example: first.map_or_else(String::new, |text| text.chars().take(EXCERPT).collect()),
            documents,
        });
    }
    topics
}
