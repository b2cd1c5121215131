//! Words, emoticons and emoji of one sentence.

use super::lexicon;

/// A word with what its spelling tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// In lower case, without the punctuation around it.
    pub(super) text: String,
    /// Written in capitals, two letters or more.
    pub(super) shouted: bool,
}

/// The tokens, in order.
pub(super) fn tokens(sentence: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for chunk in sentence.split_whitespace() {
        // Emoticons are made of what is punctuation elsewhere.
        if is_emoticon(chunk) {
            push(chunk, &mut tokens);
        } else {
            words(chunk, &mut tokens);
        }
    }
    tokens
}

fn is_emoticon(chunk: &str) -> bool {
    // The longest is much shorter; this bounds the copy.
    chunk.len() <= 16
        && !chunk.chars().all(char::is_alphanumeric)
        && lexicon::rated(&chunk.to_lowercase())
}

fn words(chunk: &str, tokens: &mut Vec<Token>) {
    let trimmed = chunk.trim_matches(|c: char| !c.is_alphanumeric() && c.is_ascii());
    if trimmed.contains('-') && trimmed.len() <= 64 && lexicon::knows(&trimmed.to_lowercase()) {
        return push(trimmed, tokens);
    }
    let mut start = None;
    for (at, c) in trimmed.char_indices() {
        if c.is_alphanumeric() || matches!(c, '\'' | '’') {
            start.get_or_insert(at);
            continue;
        }
        if let Some(start) = start.take() {
            push(&trimmed[start..at], tokens);
        }
        let mut buffer = [0; 4];
        let alone: &str = c.encode_utf8(&mut buffer);
        if !c.is_ascii() && lexicon::rated(alone) {
            push(alone, tokens);
        }
    }
    if let Some(start) = start {
        push(&trimmed[start..], tokens);
    }
}

fn push(word: &str, tokens: &mut Vec<Token>) {
    let text = word.to_lowercase().replace('’', "'");
    let letters = word.chars().filter(|c| c.is_alphabetic());
    let shouted = !word.chars().any(char::is_lowercase) && letters.take(2).count() == 2;
    tokens.push(Token { text, shouted });
}
