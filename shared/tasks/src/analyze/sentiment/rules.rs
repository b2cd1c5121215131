//! What words do to the words after them. The figures are VADER's, found by asking people.

use super::tokens::Token;

/// What a booster adds, and a dampener takes away.
const STEP: f64 = 0.293;
/// What capitals add where not all is in capitals.
pub(super) const SHOUT: f64 = 0.733;
/// What a negation leaves of a word's valence.
pub(super) const NEGATED: f64 = -0.74;
/// How many words back boosters and negations reach, and how far that fades.
pub(super) const REACH: [f64; 3] = [1.0, 0.95, 0.9];

const BOOSTERS: &[&str] = &[
    "absolutely",
    "amazingly",
    "awfully",
    "completely",
    "considerable",
    "considerably",
    "decidedly",
    "deeply",
    "enormous",
    "enormously",
    "entirely",
    "especially",
    "exceptional",
    "exceptionally",
    "extreme",
    "extremely",
    "fabulously",
    "fully",
    "greatly",
    "highly",
    "hugely",
    "incredible",
    "incredibly",
    "intensely",
    "major",
    "majorly",
    "more",
    "most",
    "particularly",
    "purely",
    "quite",
    "really",
    "remarkably",
    "so",
    "substantially",
    "thoroughly",
    "total",
    "totally",
    "tremendous",
    "tremendously",
    "unbelievably",
    "unusually",
    "utter",
    "utterly",
    "very",
];

const DAMPENERS: &[&str] = &[
    "almost",
    "barely",
    "hardly",
    "kinda",
    "less",
    "little",
    "marginal",
    "marginally",
    "occasional",
    "occasionally",
    "partly",
    "scarce",
    "scarcely",
    "slight",
    "slightly",
    "somewhat",
    "sorta",
];

const NEGATIONS: &[&str] = &[
    "aint", "arent", "cannot", "cant", "couldnt", "darent", "despite", "didnt", "doesnt", "dont",
    "hadnt", "hasnt", "havent", "isnt", "mightnt", "mustnt", "neednt", "neither", "never", "no",
    "nobody", "none", "nope", "nor", "not", "nothing", "nowhere", "oughtnt", "rarely", "seldom",
    "shant", "shouldnt", "wasnt", "werent", "without", "wont", "wouldnt",
];

/// Words after which the judgement that counts comes.
const CONTRASTS: &[&str] = &["but", "however"];

/// What a word adds to a positive valence after it: more than 0 for a booster.
pub(super) fn boost(word: &str) -> f64 {
    if BOOSTERS.binary_search(&word).is_ok() {
        STEP
    } else if DAMPENERS.binary_search(&word).is_ok() {
        -STEP
    } else {
        0.0
    }
}

/// Whether the word turns what follows into its contrary.
pub(super) fn negates(word: &str) -> bool {
    word.ends_with("n't") || NEGATIONS.binary_search(&word).is_ok()
}

/// Whether one of the few words before `at` negates the word there.
pub(super) fn negated(tokens: &[Token], at: usize) -> bool {
    let before = &tokens[at.saturating_sub(REACH.len())..at];
    before.iter().enumerate().any(|(n, token)| {
        // "Without doubt" and "never so good" praise.
        let next = before.get(n + 1).map_or("", |next| &next.text);
        let praise = matches!(
            (token.text.as_str(), next),
            ("without", "doubt") | ("never", "so" | "this")
        );
        negates(&token.text) && !praise
    })
}

/// Where the last part of the sentence begins, if it contrasts with what comes before.
pub(super) fn contrast(tokens: &[Token]) -> Option<usize> {
    let is_contrast = |token: &Token| CONTRASTS.contains(&token.text.as_str());
    tokens.iter().position(is_contrast).filter(|at| *at > 0)
}

/// What exclamation and question marks add.
pub(super) fn emphasis(sentence: &str) -> f64 {
    let count = |mark: char| sentence.matches(mark).take(5).count();
    let exclaimed = [0.0, 0.292, 0.584, 0.876, 1.168, 1.168][count('!')];
    let asked = [0.0, 0.0, 0.36, 0.54, 0.96, 0.96][count('?')];
    exclaimed + asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_for_the_search() {
        for list in [BOOSTERS, DAMPENERS, NEGATIONS] {
            assert!(list.is_sorted());
        }
    }
}
