//! The result of an analysis.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::entities::{Entity, EntityType, most_named};
use super::gather::Origin;
use super::highlights::Highlight;
use super::input::Document;
use super::language::{self, Language};
use super::model::{Bill, Judgement};
use super::phrases::{Counts, Phrase};
use super::provider::Provider;
use super::rounded;
use super::topics::{self, Topic};

/// From here on a text counts as positive, and below its contrary as negative: VADER's bound.
const CLEAR: f64 = 0.05;
/// Most phrases of the summary.
const MOST_PHRASES: usize = 10;
/// Most entities of the summary.
const MOST_ENTITIES: usize = 10;
/// Most documents that a topic lists; every document names its topic itself.
const MOST_LISTED: usize = 1_000;

/// What is told of one document.
#[derive(Debug, Clone, Serialize)]
pub(super) struct DocumentReport {
    pub(super) id: String,
    pub(super) language: Option<Language>,
    pub(super) sentiment: f64,
    pub(super) key_phrases: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) entities: Vec<Entity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) topic: Option<String>,
    /// Who judged it, where that may differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) provider: Option<Provider>,
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
    /// How many documents are in each language, by its code.
    languages: BTreeMap<&'static str, usize>,
    top_phrases: Vec<TopPhrase>,
    entities: Vec<TopEntity>,
    topics: Vec<TopicReport>,
    highlights: Vec<Highlight>,
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
struct TopEntity {
    #[serde(rename = "type")]
    kind: EntityType,
    text: String,
    /// How many documents have it.
    count: usize,
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
    /// How many documents have it.
    count: usize,
    /// The first of them.
    documents: Vec<String>,
    example: String,
}

/// The result with what there is to say of where the documents came from.
#[derive(Debug, Serialize)]
struct Told {
    #[serde(flatten)]
    report: Report,
    input: Origin,
    provider: Provider,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<Bill>,
}

impl Report {
    pub(super) fn new(
        mut documents: Vec<DocumentReport>,
        topics: Vec<Topic>,
        highlights: Vec<Highlight>,
        counts: &Counts<'_>,
    ) -> Self {
        for topic in &topics {
            for n in &topic.documents {
                documents[*n].topic = Some(topic.label.clone());
            }
        }
        let sentiment = Distribution::of(&documents);
        let languages = languages(&documents);
        let top_phrases = top_phrases(counts);
        let text = text(&languages, &sentiment, &top_phrases, documents.len());
        let summary = Summary {
            count: documents.len(),
            sentiment,
            languages,
            top_phrases,
            entities: top_entities(&documents),
            topics: topics
                .into_iter()
                .map(|topic| TopicReport::of(topic, &documents))
                .collect(),
            highlights,
            text,
        };
        Self { documents, summary }
    }

    /// The same with what a model says of documents, by their places.
    pub(super) fn judged(
        mut self,
        judged: Vec<(usize, Judgement)>,
        documents: &[Document],
    ) -> Self {
        for report in &mut self.documents {
            report.topic = None;
            report.provider = Some(Provider::Builtin);
        }
        for (n, judgement) in judged {
            if let Some(report) = self.documents.get_mut(n) {
                report.sentiment = judgement.sentiment;
                report.key_phrases = judgement.key_phrases;
                report.entities = judgement.entities;
                report.topic = judgement.topic;
                report.provider = Some(Provider::Bedrock);
            }
        }
        let told: Vec<_> = self
            .documents
            .iter()
            .map(|report| report.topic.as_deref())
            .collect();
        let topics = topics::told(&told, documents);
        self.summary.sentiment = Distribution::of(&self.documents);
        self.summary.entities = top_entities(&self.documents);
        let reports = topics
            .into_iter()
            .map(|topic| TopicReport::of(topic, &self.documents));
        self.summary.topics = reports.collect();
        self
    }

    /// Has other words for the whole.
    pub(super) fn summarised(&mut self, text: String) {
        if !text.is_empty() {
            self.summary.text = text;
        }
    }

    /// What a model needs to know to summarise it.
    pub(super) fn figures(&self) -> Value {
        let Summary {
            count,
            sentiment,
            top_phrases,
            topics,
            ..
        } = &self.summary;
        let topics = topics
            .iter()
            .map(|topic| json!({"topic": topic.label, "count": topic.count}));
        json!({
            "count": count, "sentiment": sentiment, "top_phrases": top_phrases,
            "topics": topics.collect::<Vec<_>>(),
        })
    }

    /// The result as it is kept.
    pub(super) fn told(self, input: Origin, model: Option<Bill>) -> serde_json::Result<Value> {
        serde_json::to_value(Told {
            report: self,
            input,
            provider: if model.is_some() {
                Provider::Bedrock
            } else {
                Provider::Builtin
            },
            model,
        })
    }
}

impl TopicReport {
    fn of(topic: Topic, documents: &[DocumentReport]) -> Self {
        let id = |n: &usize| documents[*n].id.clone();
        Self {
            count: topic.documents.len(),
            documents: topic.documents.iter().take(MOST_LISTED).map(id).collect(),
            label: topic.label,
            example: topic.example,
        }
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
fn top_phrases(counts: &Counts<'_>) -> Vec<TopPhrase> {
    let shared = |phrase: &&Phrase| phrase.documents.len() > 1;
    let mut shared: Vec<_> = counts.phrases().iter().filter(shared).collect();
    // They are in the order of their letters, and stay so where all else is equal.
    shared.sort_by_key(|phrase| std::cmp::Reverse((phrase.documents.len(), phrase.length())));
    let mut chosen: Vec<&Phrase> = Vec::new();
    for phrase in shared {
        if chosen.len() == MOST_PHRASES {
            break;
        }
        let part = |whole: &&Phrase| {
            whole.documents.len() == phrase.documents.len() && phrase.within(whole)
        };
        if !chosen.iter().any(part) {
            chosen.push(phrase);
        }
    }
    let told = |phrase: &Phrase| TopPhrase {
        phrase: counts.written(phrase),
        count: phrase.documents.len(),
    };
    chosen.into_iter().map(told).collect()
}

fn top_entities(documents: &[DocumentReport]) -> Vec<TopEntity> {
    let entities = documents
        .iter()
        .map(|document| document.entities.as_slice());
    let told = |(entity, count): (&Entity, usize)| TopEntity {
        kind: entity.kind,
        text: entity.text.clone(),
        count,
    };
    most_named(entities, MOST_ENTITIES)
        .into_iter()
        .map(told)
        .collect()
}

fn text(
    languages: &BTreeMap<&'static str, usize>,
    sentiment: &Distribution,
    top: &[TopPhrase],
    count: usize,
) -> String {
    if count == 0 {
        return "There are no documents.".into();
    }
    let plural = if count == 1 { "" } else { "s" };
    let Distribution {
        positive,
        neutral,
        negative,
        mean,
    } = sentiment;
    let language = main_language(languages, count).map_or_else(String::new, |code| {
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

fn languages(documents: &[DocumentReport]) -> BTreeMap<&'static str, usize> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for language in documents.iter().filter_map(|document| document.language) {
        *counts.entry(language.code).or_default() += 1;
    }
    counts
}

/// The code of the language that more than half of the documents are in.
fn main_language(languages: &BTreeMap<&'static str, usize>, count: usize) -> Option<&'static str> {
    let (code, most) = languages.iter().max_by_key(|(_, count)| **count)?;
    (most * 2 > count).then_some(*code)
}
