//! What the model says of documents: one JSON object a line.

use std::collections::BTreeMap;

use domain::text::cut;
use serde::Deserialize;

use super::super::entities::{Entity, EntityType};
use super::super::rounded;
use super::prompt::Batch;

/// Bounds of what is kept of an answer.
const MOST_PHRASES: usize = 5;
const MOST_ENTITIES: usize = 10;
const LONGEST: usize = 80;

/// What the model says of one document.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Judgement {
    pub(in super::super) sentiment: f64,
    pub(in super::super) key_phrases: Vec<String>,
    pub(in super::super) entities: Vec<Entity>,
    pub(in super::super) topic: Option<String>,
}

#[derive(Deserialize)]
struct Line {
    n: usize,
    sentiment: f64,
    #[serde(default)]
    key_phrases: Vec<String>,
    #[serde(default)]
    entities: Vec<Named>,
    #[serde(default)]
    topic: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "type")]
    kind: String,
    text: String,
}

/// Takes an answer in as it is written. What is no such line is passed over.
pub(super) struct Lines {
    first: usize,
    count: usize,
    partial: String,
    /// By the document's place in its batch. The first line about it counts.
    judged: BTreeMap<usize, Judgement>,
}

impl Lines {
    /// The answer about a batch.
    pub(super) fn of(batch: &Batch<'_>) -> Self {
        Self {
            first: batch.first,
            count: batch.documents.len(),
            partial: String::new(),
            judged: BTreeMap::new(),
        }
    }

    /// Takes the next words in; how many documents they complete.
    pub(super) fn push(&mut self, text: &str) -> usize {
        let before = self.judged.len();
        self.partial.push_str(text);
        while let Some(end) = self.partial.find('\n') {
            let line: String = self.partial.drain(..=end).collect();
            self.take(&line);
        }
        self.judged.len() - before
    }

    /// The line that is being written.
    pub(super) fn partial(&self) -> &str {
        &self.partial
    }

    /// What was said of each document, by its place in the task.
    pub(super) fn finish(mut self) -> Vec<(usize, Judgement)> {
        let last = std::mem::take(&mut self.partial);
        self.take(&last);
        let first = self.first;
        let judged = self.judged.into_iter();
        judged
            .map(|(n, judgement)| (first + n, judgement))
            .collect()
    }

    fn take(&mut self, line: &str) {
        let line = line.trim().trim_end_matches(',');
        let Ok(line) = serde_json::from_str::<Line>(line) else {
            return;
        };
        if !(1..=self.count).contains(&line.n) || !line.sentiment.is_finite() {
            return;
        }
        self.judged
            .entry(line.n - 1)
            .or_insert_with(|| judgement(&line));
    }
}

fn judgement(line: &Line) -> Judgement {
    let phrases = line.key_phrases.iter().filter_map(|phrase| plain(phrase));
    let named = |named: &Named| {
        Some(Entity {
            kind: EntityType::said(&named.kind),
            text: plain(&named.text)?,
        })
    };
    Judgement {
        sentiment: rounded(line.sentiment.clamp(-1.0, 1.0)),
        key_phrases: phrases.take(MOST_PHRASES).collect(),
        entities: line
            .entities
            .iter()
            .filter_map(named)
            .take(MOST_ENTITIES)
            .collect(),
        topic: line
            .topic
            .as_deref()
            .and_then(plain)
            .map(|topic| topic.to_lowercase()),
    }
}

fn plain(text: &str) -> Option<String> {
    let text = cut(text.trim(), LONGEST);
    domain::text::is_plain(text, LONGEST).then(|| text.to_owned())
}
