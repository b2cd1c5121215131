//! How a text in English feels about what it speaks of.
//!
//! Two lexica are asked, VADER's and Pattern's, and the answer is the mean of both. The first sums
//! up, the second averages; their mistakes differ, so together they are right more often.

mod lexicon;
mod rules;
mod tokens;

use unicode_segmentation::UnicodeSegmentation;

use lexicon::{entry, rated};
use tokens::{Token, tokens};

/// The sum of valences at which a sentence is about a quarter of the way from certain: VADER's.
const ALPHA: f64 = 15.0;
/// Most tokens weighed together. Texts without full stops are cut here, so the effort grows with
/// their length and no faster.
const MOST_TOKENS: usize = 256;

/// The sentiment of a text, -1 to 1; 0 where no word of it is known to have any. The mean over its
/// sentences that have one.
pub fn sentiment(text: &str) -> f64 {
    let mut judged = Vec::new();
    for sentence in text.split_sentence_bounds() {
        let tokens = tokens(sentence);
        let emphasis = rules::emphasis(sentence);
        judged.extend(
            tokens
                .chunks(MOST_TOKENS)
                .map(|part| f64::midpoint(compound(part, emphasis), polarity(part)))
                .filter(|score| *score != 0.0),
        );
    }
    if judged.is_empty() {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a text has few sentences")]
    let mean = judged.iter().sum::<f64>() / judged.len() as f64;
    mean.clamp(-1.0, 1.0)
}

/// The sentiment of what every language shares: emoji and emoticons.
pub(super) fn of_signs(text: &str) -> f64 {
    let signs: Vec<_> = text
        .split_whitespace()
        .map(|chunk| chunk.replace(char::is_alphabetic, " "))
        .collect();
    sentiment(&signs.join(" "))
}

/// Whether a word in lower case is in either lexicon.
pub(super) fn knows(word: &str) -> bool {
    lexicon::knows(word)
}

/// Whether the word is known to judge rather than to name.
pub(super) fn judges(word: &str) -> bool {
    entry(word).polarity.is_some() || rules::negates(word) || rules::boost(word) != 0.0
}

/// VADER's sum of valences, brought between -1 and 1.
fn compound(tokens: &[Token], emphasis: f64) -> f64 {
    let mixed = tokens.iter().any(|token| token.shouted) && tokens.iter().any(|t| !t.shouted);
    let contrast = rules::contrast(tokens);
    let weight = |at: usize| match contrast {
        Some(turn) if at < turn => 0.5,
        Some(turn) if at > turn => 1.5,
        _ => 1.0,
    };
    let valences = (0..tokens.len()).map(|at| valence(tokens, at, mixed) * weight(at));
    let sum: f64 = valences.sum();
    if sum == 0.0 {
        return 0.0;
    }
    let sum = sum + emphasis.copysign(sum);
    sum / sum.mul_add(sum, ALPHA).sqrt()
}

fn valence(tokens: &[Token], at: usize, mixed: bool) -> f64 {
    let token = &tokens[at];
    let Some(mut valence) = entry(&token.text).valence else {
        return 0.0;
    };
    let next = tokens.get(at + 1).map_or("", |next| &next.text);
    let kind_of = (token.text.as_str(), next) == ("kind", "of");
    if kind_of || rules::boost(&token.text) != 0.0 || denies_next(tokens, at) {
        return 0.0;
    }
    let sign = valence.signum();
    if token.shouted && mixed {
        valence += sign * rules::SHOUT;
    }
    for (back, fade) in rules::REACH.iter().enumerate() {
        let Some(before) = at.checked_sub(back + 1).map(|at| &tokens[at]) else {
            break;
        };
        valence += sign * rules::boost(&before.text) * fade;
    }
    if rules::negated(tokens, at) {
        valence *= rules::NEGATED;
    }
    valence
}

/// "No" is bad news alone and a negation before a word that says something.
fn denies_next(tokens: &[Token], at: usize) -> bool {
    let mut next = tokens[at + 1..].iter().take(rules::REACH.len());
    tokens[at].text == "no" && next.any(|token| rated(&token.text))
}

/// Pattern's mean of polarities.
fn polarity(tokens: &[Token]) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (at, token) in tokens.iter().enumerate() {
        let Some(polarity) = entry(&token.text).polarity else {
            continue;
        };
        let before = at.checked_sub(1).map(|at| entry(&tokens[at].text));
        let intensity = before.map_or(1.0, |entry| entry.intensity);
        let said = (polarity * intensity).clamp(-1.0, 1.0);
        let negated = rules::negated(tokens, at);
        sum += if negated { said * -0.5 } else { said };
        count += 1.0;
    }
    if count == 0.0 { 0.0 } else { sum / count }
}
