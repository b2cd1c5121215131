//! The result of an analysis.

use std::collections::BTreeMap;

use serde::Serialize;

use super::language::{self, Language};
use super::phrases::Counts;
use super::rounded;
use super::topics::Topic;

/// From here on a text counts as positive, and below its contrary as negative: VADER's bound.
const CLEAR: f64 = 0.05;
/// Most phrases of the summary.
const MOST_PHRASES: usize = 10;

/// What is told of one document.
#[derive(Debug, Clone, Serialize)]
pub(super) struct DocumentReport {
    pub(super) id: String,
    pub(super) language: Option<Language>,
    pub(super) sentiment: f64,
    pub(super) key_phrases: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) topic: Option<String>,
}

/// The whole result.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    documents: Vec<DocumentReport>,
    summary: Summary,
}

#[derive(Debug, Serialize)]
struct Summary {
    count: usize,
    sentiment: Distribution,
    top_phrases: Vec<TopPhrase>,
    topics: Vec<TopicReport>,
    text: String,
}

#[derive(Debug, Serialize)]
struct Distribution {
    positive: usize,
    neutral: usize,
    negative: usize,
    mean: f64,
}

#[derive(Debug, Serialize)]
struct TopPhrase {
    phrase: String,
    /// How many documents have it.
    count: usize,
}

#[derive(Debug, Serialize)]
struct TopicReport {
    label: String,
    documents: Vec<String>,
    example: String,
}

impl Report {
    pub(super) fn new(
        mut documents: Vec<DocumentReport>,
        counts: &Counts,
        topics: Vec<Topic>,
    ) -> Self {
        for topic in &topics {
            for n in &topic.documents {
                documents[*n].topic = Some(topic.label.clone());
            }
        }
        let sentiment = Distribution::of(&documents);
        let top_phrases = top_phrases(counts);
        let text = text(&documents, &sentiment, &top_phrases);
        let id = |n: usize| documents[n].id.clone();
        let topics = topics.into_iter().map(|topic| TopicReport {
            label: topic.label,
            documents: topic.documents.into_iter().map(id).collect(),
            example: topic.example,
        });
        let summary = Summary {
            count: documents.len(),
            sentiment,
            top_phrases,
            topics: topics.collect(),
            text,
        };
        Self { documents, summary }
    }
}

impl Distribution {
    fn of(documents: &[DocumentReport]) -> Self {
        let count = |wanted: fn(f64) -> bool| {
            let found = documents
                .iter()
                .filter(|document| wanted(document.sentiment));
            found.count()
        };
        let positive = count(|sentiment| sentiment >= CLEAR);
        let negative = count(|sentiment| sentiment <= -CLEAR);
        let sum: f64 = documents.iter().map(|document| document.sentiment).sum();
        #[expect(clippy::cast_precision_loss, reason = "there are at most thousands")]
        let mean = sum / documents.len().max(1) as f64;
        Self {
            positive,
            neutral: documents.len() - positive - negative,
            negative,
            mean: rounded(mean),
        }
    }
}

/// The phrases that most documents have, two at least. Part of a phrase is left out where it stands
/// in no other documents than the whole.
fn top_phrases(counts: &Counts) -> Vec<TopPhrase> {
    let shared = counts
        .phrases
        .iter()
        .filter(|(_, counted)| counted.documents.len() > 1);
    let mut shared: Vec<_> = shared.collect();
    shared.sort_by_key(|(key, counted)| {
        let words = key.split(' ').count();
        (std::cmp::Reverse((counted.documents.len(), words)), *key)
    });
    let mut chosen: Vec<(String, usize, String)> = Vec::new();
    for (key, counted) in shared {
        if chosen.len() == MOST_PHRASES {
            break;
        }
        let count = counted.documents.len();
        let padded = format!(" {key} ");
        if !chosen
            .iter()
            .any(|(whole, of, _)| *of == count && whole.contains(&padded))
        {
            chosen.push((padded, count, counted.text().to_owned()));
        }
    }
    let phrases = chosen
        .into_iter()
        .map(|(_, count, phrase)| TopPhrase { phrase, count });
    phrases.collect()
}

fn text(documents: &[DocumentReport], sentiment: &Distribution, top: &[TopPhrase]) -> String {
    let count = documents.len();
    let plural = if count == 1 { "" } else { "s" };
    let Distribution {
        positive,
        neutral,
        negative,
        mean,
    } = sentiment;
    let language = main_language(documents).map_or_else(String::new, |code| {
        format!(", mostly in {}", language::name(code))
    });
    let phrases: Vec<_> = top.iter().take(3).map(|top| top.phrase.as_str()).collect();
    let shared = if phrases.is_empty() {
        String::new()
    } else {
        format!(" Shared most: {}.", phrases.join(", "))
    };
    format!(
        "{count} document{plural}{language}: {positive} positive, {neutral} neutral, \
         {negative} negative; mean sentiment {mean:.2}.{shared}"
    )
}

/// The code of the language that more than half of the documents are in.
fn main_language(documents: &[DocumentReport]) -> Option<&'static str> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for language in documents.iter().filter_map(|document| document.language) {
        *counts.entry(language.code).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (most.1 * 2 > documents.len()).then_some(most.0)
}
