//! The words of a text that may name something.

use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;

use super::language::is_stop;
use super::sentiment;

/// Most bytes of a word; what is longer is no word.
const LONGEST: usize = 64;

/// English words that NLTK's list lacks and that name nothing by themselves either.
const LIGHT: &[&str] = &[
    "also",
    "another",
    "anyone",
    "anything",
    "around",
    "ask",
    "asked",
    "back",
    "could",
    "ended",
    "even",
    "ever",
    "every",
    "everyone",
    "everything",
    "find",
    "found",
    "gave",
    "get",
    "gets",
    "getting",
    "give",
    "given",
    "go",
    "goes",
    "going",
    "gone",
    "got",
    "however",
    "keep",
    "kept",
    "knew",
    "know",
    "let",
    "like",
    "likes",
    "lot",
    "made",
    "make",
    "makes",
    "making",
    "many",
    "may",
    "maybe",
    "might",
    "much",
    "must",
    "need",
    "needed",
    "needs",
    "one",
    "ones",
    "put",
    "said",
    "say",
    "says",
    "see",
    "seem",
    "seems",
    "seen",
    "since",
    "someone",
    "something",
    "still",
    "take",
    "taken",
    "takes",
    "tell",
    "thing",
    "things",
    "think",
    "thought",
    "three",
    "time",
    "times",
    "told",
    "took",
    "tried",
    "try",
    "two",
    "upon",
    "us",
    "use",
    "used",
    "uses",
    "using",
    "want",
    "wanted",
    "wants",
    "way",
    "ways",
    "well",
    "went",
    "whether",
    "within",
    "without",
    "would",
    "yet",
];

/// A word, by its numbers in a [`Vocabulary`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    /// What its singular and plural have in common, for counting.
    pub(super) key: u32,
    /// As it was written, in lower case.
    pub(super) text: u32,
}

/// Ends a run of words.
const BREAK: Word = Word {
    key: u32::MAX,
    text: u32::MAX,
};

/// The words of one text that stand side by side with nothing between them, run after run.
#[derive(Debug, Clone, Default)]
pub(super) struct Runs(Box<[Word]>);

impl Runs {
    /// The runs, none of them empty.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[Word]> {
        let runs = self.0.split(|word| *word == BREAK);
        runs.filter(|run| !run.is_empty())
    }
}

/// Every word of all texts, once, with a number: texts repeat words, and numbers are small.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    numbers: HashMap<Box<str>, u32>,
    words: Vec<Box<str>>,
    /// The key of each word, where it has been asked for: English plurals have their singular's.
    singulars: HashMap<u32, u32>,
}

impl Vocabulary {
    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// The word of that number.
    pub(super) fn word(&self, number: u32) -> &str {
        let place = usize::try_from(number).ok();
        place
            .and_then(|place| self.words.get(place))
            .map_or("", |word| word)
    }

    /// The runs of a text. Stop words, judgements, numbers and punctuation end a run.
    pub(super) fn runs(&mut self, text: &str, language: &str) -> Runs {
        runs(text, language, |text| Some(self.number_of(text, language)))
    }

    /// The runs of a part of a text that has been read: without words that have not.
    pub(super) fn known_runs(&self, text: &str, language: &str) -> Runs {
        runs(text, language, |text| {
            let text = *self.numbers.get(text)?;
            let singular = self.singulars.get(&text).filter(|_| language == "en");
            let key = singular.copied().unwrap_or(text);
            Some(Word { key, text })
        })
    }

    fn number_of(&mut self, text: &str, language: &str) -> Word {
        let text_number = self.number(text);
        if language != "en" {
            return Word {
                key: text_number,
                text: text_number,
            };
        }
        let known = self.singulars.get(&text_number).copied();
        let key = known.unwrap_or_else(|| {
            let key = self.number(&singular(text));
            self.singulars.insert(text_number, key);
            key
        });
        Word {
            key,
            text: text_number,
        }
    }

    /// Tasks are bounded far below four billion words.
    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX - 1);
        self.numbers.insert(word.into(), number);
        self.words.push(word.into());
        number
    }
}

fn runs(text: &str, language: &str, mut number: impl FnMut(&str) -> Option<Word>) -> Runs {
    let mut runs = vec![];
    for piece in text.split_word_bounds().filter(|piece| *piece != " ") {
        match word(piece, language).and_then(|text| number(&text)) {
            Some(word) => runs.push(word),
            None if runs.last().is_some_and(|last| *last != BREAK) => runs.push(BREAK),
            None => {}
        }
    }
    Runs(runs.into_boxed_slice())
}

/// The piece in lower case, if it is a word that may name something.
fn word(piece: &str, language: &str) -> Option<String> {
    let letters = piece.chars().filter(|c| c.is_alphabetic());
    if piece.len() > LONGEST || letters.take(2).count() < 2 {
        return None;
    }
    let text = piece.to_lowercase().replace('’', "'");
    let english = language == "en";
    let light = LIGHT.binary_search(&text.as_str()).is_ok();
    let unnamed = english && (light || sentiment::judges(&text));
    let named = !unnamed && !is_stop(&text, language) && !is_stop(&text, "en");
    named.then_some(text)
}

/// Harman's S-stemmer: the weakest there is, for plurals only.
fn singular(word: &str) -> String {
    let kept = |ends: &[&str]| ends.iter().any(|end| word.ends_with(end));
    match word {
        _ if word.len() < 4 => word.to_owned(),
        _ if word.ends_with("ies") && !kept(&["eies", "aies"]) => {
            format!("{}y", &word[..word.len() - 3])
        }
        _ if word.ends_with("es") && !kept(&["aes", "ees", "oes"]) => {
            word[..word.len() - 1].to_owned()
        }
        _ if word.ends_with('s') && !kept(&["us", "ss", "'s"]) => word[..word.len() - 1].to_owned(),
        _ => word.trim_end_matches("'s").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, language: &str) -> Vec<Vec<String>> {
        let mut vocabulary = Vocabulary::default();
        let runs = vocabulary.runs(text, language);
        let text = |word: &Word| vocabulary.word(word.text).to_owned();
        runs.iter()
            .map(|run| run.iter().map(text).collect())
            .collect()
    }

    #[test]
    fn stop_words_judgements_and_punctuation_end_a_run() {
        let runs = texts("The great battery life, a screen; 12 USB cables!", "en");
        assert_eq!(
            runs,
            [
                vec!["battery", "life"],
                vec!["screen"],
                vec!["usb", "cables"]
            ]
        );
        let runs = texts("Die Lieferung war schnell und der Preis stimmt", "de");
        assert_eq!(
            runs,
            [vec!["lieferung"], vec!["schnell"], vec!["preis", "stimmt"]]
        );
    }

    #[test]
    fn light_words_are_sorted_for_the_search() {
        assert!(LIGHT.is_sorted());
    }

    #[test]
    fn plurals_count_as_one_with_their_singulars() {
        for (plural, one) in [
            ("batteries", "battery"),
            ("cables", "cable"),
            ("glass", "glass"),
            ("status", "status"),
            ("phone's", "phone"),
            ("bus", "bus"),
        ] {
            assert_eq!(singular(plural), one);
        }
    }
}
