//! Which language a text is in.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation;
use whatlang::{Detector, Info, Lang};

use super::sentiment;

/// The languages told apart, with their ISO 639-1 codes. Fewer than the detector knows: each rare
/// one costs short texts in the common ones.
static LANGUAGES: [(&str, Lang); 30] = [
    ("ar", Lang::Ara),
    ("bg", Lang::Bul),
    ("cs", Lang::Ces),
    ("da", Lang::Dan),
    ("de", Lang::Deu),
    ("el", Lang::Ell),
    ("en", Lang::Eng),
    ("es", Lang::Spa),
    ("fa", Lang::Pes),
    ("fi", Lang::Fin),
    ("fr", Lang::Fra),
    ("he", Lang::Heb),
    ("hi", Lang::Hin),
    ("hu", Lang::Hun),
    ("id", Lang::Ind),
    ("it", Lang::Ita),
    ("ja", Lang::Jpn),
    ("ko", Lang::Kor),
    ("nl", Lang::Nld),
    ("no", Lang::Nob),
    ("pl", Lang::Pol),
    ("pt", Lang::Por),
    ("ro", Lang::Ron),
    ("ru", Lang::Rus),
    ("sv", Lang::Swe),
    ("th", Lang::Tha),
    ("tr", Lang::Tur),
    ("uk", Lang::Ukr),
    ("vi", Lang::Vie),
    ("zh", Lang::Cmn),
];

/// A language, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Language {
    /// ISO 639-1.
    pub(super) code: &'static str,
    /// 0 to 1; 0 where nothing but the caller's hint speaks for it.
    pub(super) confidence: f64,
}

/// Every code, sorted.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|(code, _)| *code)
}

/// The language's English name.
pub(super) fn name(code: &str) -> &'static str {
    let found = LANGUAGES.iter().find(|(known, _)| *known == code);
    found.map_or("", |(_, lang)| lang.eng_name())
}

/// The code as it stands in the list.
pub(super) fn known(code: &str) -> Option<&'static str> {
    codes().find(|known| *known == code)
}

/// From here on the detector is taken at its word: its own bound.
const SURE: f64 = 0.9;

/// How many small words a hint is worth.
const HINT: u32 = 2;

/// Tells languages apart.
pub(super) struct Languages {
    detector: Detector,
    hint: Option<&'static str>,
}

impl Languages {
    pub(super) fn new(hint: Option<&str>) -> Self {
        let allowed = LANGUAGES.iter().map(|(_, lang)| *lang).collect();
        Self {
            detector: Detector::with_allowlist(allowed),
            hint: hint.and_then(known),
        }
    }

    /// The language of a text; none where there is nothing to read and no hint.
    ///
    /// The detector compares trigrams, which takes a few sentences. Where it is not sure, the small
    /// words of each language decide, then the hint.
    pub(super) fn of(&self, text: &str) -> Option<Language> {
        let found = self.detector.detect(text).and_then(|info| language(&info));
        if found.is_some_and(|found| found.confidence > SURE) {
            return found;
        }
        let favoured = self.hint.or(found.map(|found| found.code));
        let voted = found.and(vote(text, favoured, self.hint));
        match (voted, found) {
            (Some(voted), Some(found)) if voted.code == found.code => Some(Language {
                confidence: voted.confidence.max(found.confidence),
                ..found
            }),
            (Some(voted), _) => Some(voted),
            (None, Some(found)) if self.hint.is_none_or(|hint| hint == found.code) => Some(found),
            (None, found) => self.hint.map(hinted).or(found),
        }
    }

    /// Whether to read a text as English: also where another language is no more than a guess.
    pub(super) fn read_as_english(&self, language: Option<Language>) -> bool {
        let guessed = |language: Language| language.confidence < 0.5 && self.hint.is_none();
        language.is_none_or(|language| language.code == "en" || guessed(language))
    }
}

fn hinted(code: &'static str) -> Language {
    Language {
        code,
        confidence: 0.0,
    }
}

fn language(info: &Info) -> Option<Language> {
    let (code, _) = LANGUAGES.iter().find(|(_, lang)| *lang == info.lang())?;
    let confidence = super::rounded(info.confidence().clamp(0.0, 1.0));
    Some(Language { code, confidence })
}

/// The language whose small words stand most often in the text. Of those with as many, the favoured
/// one; none where there is no such word, or a tie.
fn vote(
    text: &str,
    favoured: Option<&'static str>,
    hint: Option<&'static str>,
) -> Option<Language> {
    let mut votes = LANGUAGES
        .each_ref()
        .map(|(code, _)| if hint == Some(*code) { HINT } else { 0 });
    for word in text.unicode_words().filter(|word| word.len() <= 32) {
        let word = word.to_lowercase().replace('’', "'");
        let mut bits = STOPS.get(word.as_str()).copied().unwrap_or_default();
        if sentiment::knows(&word) {
            bits |= *ENGLISH;
        }
        for (n, votes) in votes.iter_mut().enumerate() {
            *votes += bits >> n & 1;
        }
    }
    let said = votes.iter().sum::<u32>() > hint.map_or(0, |_| HINT);
    let most = votes.iter().copied().max().filter(|_| said)?;
    let ahead: Vec<_> = (0..votes.len()).filter(|n| votes[*n] == most).collect();
    let winner = match ahead[..] {
        [only] => only,
        _ => *ahead.iter().find(|n| Some(LANGUAGES[**n].0) == favoured)?,
    };
    let others = votes.iter().enumerate().filter(|(n, _)| *n != winner);
    let second = others.map(|(_, votes)| *votes).max().unwrap_or(0);
    // One vote to none is as good as a coin; certainty takes many.
    let confidence = f64::from(most - second) / f64::from(most + second + 1);
    Some(Language {
        code: LANGUAGES[winner].0,
        confidence: super::rounded(confidence.clamp(0.01, SURE)),
    })
}

/// The stop words, each with a bit for every language that has it.
static STOPS: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
    let mut stops = HashMap::new();
    for (n, (code, _)) in LANGUAGES.iter().enumerate() {
        for word in stop_words::lookup(code).unwrap_or_default() {
            *stops.entry(*word).or_default() |= 1 << n;
        }
    }
    stops
});

/// English's bit.
static ENGLISH: LazyLock<u32> = LazyLock::new(|| {
    let place = LANGUAGES.iter().position(|(code, _)| *code == "en");
    place.map_or(0, |place| 1 << place)
});

/// Whether it is one of the small words that say nothing by themselves.
pub(super) fn is_stop(word: &str, code: &str) -> bool {
    let place = LANGUAGES.iter().position(|(known, _)| *known == code);
    let bits = STOPS.get(word).copied().unwrap_or_default();
    place.is_some_and(|place| bits & (1 << place) != 0)
}
