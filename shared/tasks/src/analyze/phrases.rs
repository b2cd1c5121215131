//! Key phrases: what a text speaks of.
//!
//! Texts can be many, and most phrases stand in one of them only. So words are counted first, then
//! the pairs of words that both come again, then the triples of pairs that do: what cannot come
//! again is never kept (Agrawal and Srikant's "Apriori", VLDB 1994).

use std::collections::{BTreeMap, HashMap};

use super::words::{Runs, Vocabulary, Word};

/// Most words in a phrase.
const LONGEST: usize = 3;
/// Most key phrases of one document.
const MOST: usize = 5;
/// Stands for no word.
const NONE: u32 = u32::MAX;

/// The keys of a phrase's words.
type Gram = [u32; LONGEST];

/// A phrase that comes again in some document.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    gram: Gram,
    /// The documents that have it, by their places.
    pub(super) documents: Vec<u32>,
}

impl Phrase {
    /// How many words it has.
    pub(super) fn length(&self) -> usize {
        self.gram.iter().filter(|key| **key != NONE).count()
    }

    /// Whether it stands in the other one, word for word.
    pub(super) fn within(&self, whole: &Self) -> bool {
        let (part, whole) = (&self.gram[..self.length()], &whole.gram[..whole.length()]);
        whole.windows(part.len()).any(|window| window == part)
    }
}

/// The words and repeated phrases of all documents.
pub(super) struct Counts<'a> {
    documents: &'a [Runs],
    vocabulary: &'a Vocabulary,
    /// How much each word tells, by its key: more the fewer documents have it.
    weights: Vec<f64>,
    repeated: HashMap<Gram, u32>,
    /// In the order of their words' letters.
    phrases: Vec<Phrase>,
}

impl<'a> Counts<'a> {
    /// Counts the phrases of documents. `go_on` is asked now and then; none where it said no.
    pub(super) fn of(
        documents: &'a [Runs],
        vocabulary: &'a Vocabulary,
        go_on: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let mut repeated: HashMap<Gram, u32> = HashMap::new();
        for length in 1..=LONGEST {
            let mut times: HashMap<Gram, u32> = HashMap::new();
            for runs in documents {
                if !go_on() {
                    return None;
                }
                for words in runs.iter().flat_map(|run| run.windows(length)) {
                    if parts_come_again(words, &repeated) {
                        *times.entry(gram(words)).or_default() += 1;
                    }
                }
            }
            repeated.extend(times.into_iter().filter(|(_, times)| *times > 1));
        }
        let phrases = phrases(documents, vocabulary, &mut repeated);
        let mut counts = Self {
            weights: vec![],
            documents,
            vocabulary,
            repeated,
            phrases,
        };
        counts.weights = counts.weigh();
        Some(counts)
    }

    /// How many documents there are.
    pub(super) fn documents(&self) -> usize {
        self.documents.len()
    }

    /// The phrases that come again, in the order of their words' letters.
    pub(super) fn phrases(&self) -> &[Phrase] {
        &self.phrases
    }

    /// In how many documents the word stands.
    pub(super) fn frequency(&self, word: Word) -> usize {
        let place = self.repeated.get(&gram(&[word]));
        let phrase = place.and_then(|place| self.phrases.get(usize::try_from(*place).ok()?));
        phrase.map_or(1, |phrase| phrase.documents.len())
    }

    fn weigh(&self) -> Vec<f64> {
        let count = self.vocabulary.len();
        let weight = |key| {
            let documents = self.frequency(Word { key, text: key });
            #[expect(clippy::cast_precision_loss, reason = "there are at most thousands")]
            let rarity = (self.documents() + 1) as f64 / (documents + 1) as f64;
            1.0 + rarity.ln()
        };
        (0..u32::try_from(count).unwrap_or(u32::MAX))
            .map(weight)
            .collect()
    }

    fn weight(&self, word: Word) -> f64 {
        let place = usize::try_from(word.key).ok();
        place
            .and_then(|place| self.weights.get(place))
            .copied()
            .unwrap_or_default()
    }

    /// The phrase as it was written most often.
    pub(super) fn written(&self, phrase: &Phrase) -> String {
        let mut texts: BTreeMap<String, usize> = BTreeMap::new();
        let places = phrase
            .documents
            .iter()
            .filter_map(|n| usize::try_from(*n).ok());
        for runs in places.filter_map(|n| self.documents.get(n)) {
            for words in runs.iter().flat_map(|run| run.windows(phrase.length())) {
                if gram(words) == phrase.gram {
                    *texts.entry(self.text(words)).or_default() += 1;
                }
            }
        }
        let mut best = (String::new(), 0);
        for (text, times) in texts {
            if times > best.1 {
                best = (text, times);
            }
        }
        best.0
    }

    /// The phrases of a document that tell most about it, best first, as they were first written.
    ///
    /// A word alone is one, and a short run, and any part of a run that comes again in some
    /// document. A phrase weighs the sum of its words' weights times how often the document has it.
    pub(super) fn best(&self, runs: &Runs) -> Vec<String> {
        let mut chosen: Vec<&[Word]> = Vec::new();
        for candidate in self.candidates(runs) {
            if chosen.len() == MOST {
                break;
            }
            if !chosen.iter().any(|words| overlap(words, candidate.words)) {
                chosen.push(candidate.words);
            }
        }
        chosen.into_iter().map(|words| self.text(words)).collect()
    }

    fn candidates<'r>(&self, runs: &'r Runs) -> Vec<Candidate<'r>> {
        let mut found: HashMap<Gram, Candidate<'r>> = HashMap::new();
        let all = runs
            .iter()
            .flat_map(|run| grams(run).map(move |words| (run, words)));
        for (place, (run, words)) in all.enumerate() {
            let gram = gram(words);
            if words.len() > 1 && words.len() < run.len() && !self.repeated.contains_key(&gram) {
                continue;
            }
            let weight: f64 = words.iter().map(|word| self.weight(*word)).sum();
            let candidate = found.entry(gram).or_insert(Candidate {
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
        candidates
    }

    fn text(&self, words: &[Word]) -> String {
        let texts: Vec<_> = words
            .iter()
            .map(|word| self.vocabulary.word(word.text))
            .collect();
        texts.join(" ")
    }
}

struct Candidate<'a> {
    words: &'a [Word],
    place: usize,
    score: f64,
}

/// A phrase comes again only if all its parts do.
fn parts_come_again(words: &[Word], repeated: &HashMap<Gram, u32>) -> bool {
    words.len() == 1
        || [&words[1..], &words[..words.len() - 1]]
            .iter()
            .all(|part| repeated.contains_key(&gram(part)))
}

/// The phrases with their documents, and where each is.
fn phrases(
    documents: &[Runs],
    vocabulary: &Vocabulary,
    repeated: &mut HashMap<Gram, u32>,
) -> Vec<Phrase> {
    let mut grams_in_order: Vec<Gram> = repeated.keys().copied().collect();
    grams_in_order.sort_by_cached_key(|gram| {
        let known = gram.iter().filter(|key| **key != NONE);
        let words: Vec<_> = known.map(|key| vocabulary.word(*key)).collect();
        words.join(" ")
    });
    let mut phrases: Vec<Phrase> = grams_in_order
        .into_iter()
        .map(|gram| Phrase {
            gram,
            documents: vec![],
        })
        .collect();
    for (place, phrase) in (0_u32..).zip(&phrases) {
        repeated.insert(phrase.gram, place);
    }
    for (n, runs) in (0_u32..).zip(documents) {
        for words in runs.iter().flat_map(grams) {
            let place = repeated
                .get(&gram(words))
                .and_then(|place| usize::try_from(*place).ok());
            if let Some(phrase) = place.and_then(|place| phrases.get_mut(place))
                && phrase.documents.last() != Some(&n)
            {
                phrase.documents.push(n);
            }
        }
    }
    phrases
}

/// Whether one of the two holds all words of the other.
fn overlap(a: &[Word], b: &[Word]) -> bool {
    let within = |a: &[Word], b: &[Word]| a.iter().all(|x| b.iter().any(|y| x.key == y.key));
    within(a, b) || within(b, a)
}

fn grams(run: &[Word]) -> impl Iterator<Item = &[Word]> {
    (1..=LONGEST).flat_map(|length| run.windows(length))
}

fn gram(words: &[Word]) -> Gram {
    let mut gram = [NONE; LONGEST];
    for (place, word) in gram.iter_mut().zip(words) {
        *place = word.key;
    }
    gram
}
