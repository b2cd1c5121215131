//! The words of a text that may name something.

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

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// What its singular and plural have in common, for counting.
    pub(super) key: String,
    /// In lower case, as it was written.
    pub(super) text: String,
}

/// Words that stand side by side with nothing between them.
pub(super) type Run = Vec<Word>;

/// The runs of a text. Stop words, judgements, numbers and punctuation end a run.
pub(super) fn runs(text: &str, language: &str) -> Vec<Run> {
    let mut runs = vec![Run::new()];
    for piece in text.split_word_bounds().filter(|piece| *piece != " ") {
        match (word(piece, language), runs.last_mut()) {
            (Some(word), Some(run)) => run.push(word),
            _ => runs.push(Run::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

fn word(piece: &str, language: &str) -> Option<Word> {
    let letters = piece.chars().filter(|c| c.is_alphabetic());
    if piece.len() > LONGEST || letters.take(2).count() < 2 {
        return None;
    }
    let text = piece.to_lowercase().replace('’', "'");
    let english = language == "en";
    let light = LIGHT.binary_search(&text.as_str()).is_ok();
    let unnamed = english && (light || sentiment::judges(&text));
    if unnamed || is_stop(&text, language) || is_stop(&text, "en") {
        return None;
    }
    let key = if english {
        singular(&text)
    } else {
        text.clone()
    };
    Some(Word { key, text })
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
        let texts = |run: Run| run.into_iter().map(|word| word.text).collect();
        runs(text, language).into_iter().map(texts).collect()
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
