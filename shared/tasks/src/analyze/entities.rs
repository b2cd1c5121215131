//! What a text names outright: addresses, amounts, days, names.
//!
//! Patterns find them, so what looks like one is one: no list of names is asked, and no meaning. A
//! name is a run of capitalised words; where every noun has a capital (German) or none has one,
//! that tells little, so a single word is a name only inside a sentence of other languages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::Serialize;

/// Most entities of one document.
const MOST: usize = 20;
/// Most bytes of one; what is longer is none.
const LONGEST: usize = 200;

/// What kind of thing is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum EntityType {
    Email,
    Url,
    Mention,
    Hashtag,
    Money,
    Percent,
    Date,
    Number,
    Name,
    /// Told by a model only, like those below.
    Person,
    Organization,
    Place,
    Product,
}

impl EntityType {
    /// What a model means by a word.
    pub(super) fn said(word: &str) -> Self {
        match word {
            "person" => Self::Person,
            "organization" => Self::Organization,
            "place" => Self::Place,
            "product" => Self::Product,
            "date" => Self::Date,
            "money" => Self::Money,
            _ => Self::Name,
        }
    }
}

/// Something that a text names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Entity {
    #[serde(rename = "type")]
    pub(super) kind: EntityType,
    /// As it stands in the text.
    pub(super) text: String,
}

const TYPES: [(&str, EntityType); 9] = [
    ("email", EntityType::Email),
    ("url", EntityType::Url),
    ("mention", EntityType::Mention),
    ("hashtag", EntityType::Hashtag),
    ("money", EntityType::Money),
    ("percent", EntityType::Percent),
    ("date", EntityType::Date),
    ("number", EntityType::Number),
    ("name", EntityType::Name),
];

/// One pattern, so that a text is read once and nothing is found twice. Earlier alternatives win
/// where two begin at the same place.
const PATTERN: &str = r"(?x)
    (?P<email> \b[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b )
  | (?P<url> \bhttps?://[^\s<>\x22]+ | \bwww\.[^\s<>\x22]+ )
  | (?P<mention> \B@[A-Za-z0-9_]{2,30}\b )
  | (?P<hashtag> \B\#[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]* )
  | (?P<money> (?: [$€£¥] | \b(?:USD|EUR|GBP|CHF|JPY)\s ) \s? \d[\d,.]*\d | (?: [$€£¥] ) \s? \d
             | \b\d(?:[\d,.]*\d)? \s? (?: [€£¥] | (?:USD|EUR|GBP|CHF|JPY|dollars?|euros?|pounds?|cents?)\b ) )
  | (?P<percent> \b\d(?:[\d,.]*\d)?\s?% )
  | (?P<date> \b\d{4}-\d{2}-\d{2}\b | \b\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b
            | \b\d{1,2}(?:st|nd|rd|th)?\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?(?:,?\s\d{4})?\b
            | \b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?\s\d{1,2}(?:st|nd|rd|th)?(?:,\s?\d{4})?\b )
  | (?P<number> \b\d(?:[\d,.]*\d)?\b )
  | (?P<name> \b\p{Lu}[\p{L}\p{N}’'-]*\p{L}(?:\s(?:of|de|van|von|la|der)?\s?\p{Lu}[\p{L}\p{N}’'-]*)* )
";

static FOUND: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PATTERN).ok());

/// The entities of a text in their order, each once.
pub(super) fn find(text: &str, language: &str) -> Vec<Entity> {
    let mut found: Vec<Entity> = Vec::new();
    let captures = FOUND.iter().flat_map(|pattern| pattern.captures_iter(text));
    for captures in captures {
        let Some(entity) = entity(&captures, text, language) else {
            continue;
        };
        if !found.contains(&entity) {
            found.push(entity);
        }
        if found.len() == MOST {
            break;
        }
    }
    found
}

fn entity(captures: &Captures<'_>, text: &str, language: &str) -> Option<Entity> {
    let (kind, found) = TYPES
        .iter()
        .find_map(|(name, kind)| Some((*kind, captures.name(name)?)))?;
    let said = match kind {
        EntityType::Url => found
            .as_str()
            .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'']),
        EntityType::Name => name(found.as_str(), &text[..found.start()], language)?,
        _ => found.as_str(),
    };
    (said.len() <= LONGEST).then(|| Entity {
        kind,
        text: said.to_owned(),
    })
}

/// The name in a run of capitalised words, if there is one. The first word of a sentence has a
/// capital anyway: it counts only as part of a longer run, and not where it is a small word.
fn name<'a>(run: &'a str, before: &str, language: &str) -> Option<&'a str> {
    let before = before.trim_end();
    let begins =
        before.is_empty() || before.ends_with(['.', '!', '?', ':', '"', '“', '\n', ')', '-']);
    let run = if begins {
        without_opening(run, language)
    } else {
        run
    };
    let run = run
        .strip_suffix("'s")
        .or_else(|| run.strip_suffix("’s"))
        .unwrap_or(run);
    let words = run.split_whitespace().count();
    let shouted = run
        .chars()
        .filter(|c| c.is_alphabetic())
        .all(char::is_uppercase);
    let small = super::language::is_stop(&run.to_lowercase(), "en");
    let told = match words {
        0 => false,
        1 => !(begins || small || language == "de" || shouted && run.len() > 5),
        _ => !shouted || words < 4,
    };
    told.then_some(run)
}

/// The run without a small word at its beginning, such as "The" or "When".
fn without_opening<'a>(run: &'a str, language: &str) -> &'a str {
    let Some((first, rest)) = run.split_once(' ') else {
        return run;
    };
    let first = first.to_lowercase();
    let small =
        super::language::is_stop(&first, language) || super::language::is_stop(&first, "en");
    if small { rest } else { run }
}

/// The entities that most documents have, two at least, with how many do.
pub(super) fn most_named<'a>(
    documents: impl Iterator<Item = &'a [Entity]>,
    most: usize,
) -> Vec<(&'a Entity, usize)> {
    let mut counts: BTreeMap<&Entity, usize> = BTreeMap::new();
    // Numbers alone say nothing of many texts together.
    let said = documents
        .flatten()
        .filter(|entity| entity.kind != EntityType::Number);
    for entity in said {
        *counts.entry(entity).or_default() += 1;
    }
    let mut shared: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
    shared.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    shared.truncate(most);
    shared
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, language: &str) -> Vec<(EntityType, String)> {
        let found = find(text, language).into_iter();
        found.map(|entity| (entity.kind, entity.text)).collect()
    }

    #[track_caller]
    fn assert_found(text: &str, expected: &[(EntityType, &str)]) {
        let found = told(text, "en");
        let found: Vec<_> = found
            .iter()
            .map(|(kind, text)| (*kind, text.as_str()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_pattern_is_one() {
        assert!(FOUND.is_some());
    }

    #[test]
    fn addresses_are_found_without_the_punctuation_around_them() {
        assert_found(
            "Write to ada.l+x@mail.example.org, see https://example.org/a?b=c). or www.example.com!",
            &[
                (EntityType::Email, "ada.l+x@mail.example.org"),
                (EntityType::Url, "https://example.org/a?b=c"),
                (EntityType::Url, "www.example.com"),
            ],
        );
        assert_found(
            "thanks @ada_l for #fail and #1st, not a@b or #12",
            &[
                (EntityType::Mention, "@ada_l"),
                (EntityType::Hashtag, "#fail"),
                (EntityType::Hashtag, "#1st"),
                (EntityType::Number, "12"),
            ],
        );
    }

    #[test]
    fn amounts_and_days_are_told_apart() {
        assert_found(
            "paid $1,299.99 or 20 euros, 15% off 3 items, since 2024-05-06, on 5 May 2023 and May 7th",
            &[
                (EntityType::Money, "$1,299.99"),
                (EntityType::Money, "20 euros"),
                (EntityType::Percent, "15%"),
                (EntityType::Number, "3"),
                (EntityType::Date, "2024-05-06"),
                (EntityType::Date, "5 May 2023"),
                (EntityType::Date, "May 7th"),
            ],
        );
    }

    #[test]
    fn names_are_capitalised_words_inside_sentences() {
        assert_found(
            "The Bank of England rang. I met Ada Lovelace in London. Great screen. When John called, it broke.",
            &[
                (EntityType::Name, "Bank of England"),
                (EntityType::Name, "Ada Lovelace"),
                (EntityType::Name, "London"),
            ],
        );
        assert_found("DO NOT BUY THIS THING EVER", &[]);
        assert_eq!(told("Ich habe das Paket bekommen", "de"), []);
    }

    #[test]
    fn each_is_told_once_and_not_more_than_twenty() {
        assert_found("we met Ada and Ada", &[(EntityType::Name, "Ada")]);
        let many: Vec<_> = (0..50).map(|n| n.to_string()).collect();
        assert_eq!(find(&many.join(" "), "en").len(), MOST);
        assert_eq!(find(&format!("see https://{}", "x".repeat(300)), "en"), []);
    }

    #[test]
    fn what_two_documents_name_is_counted() {
        let documents = ["we like Ada", "and Ada again", "or Bob and 5", "then 5"];
        let found: Vec<_> = documents.iter().map(|text| find(text, "en")).collect();
        let most = most_named(found.iter().map(Vec::as_slice), 10);
        let told: Vec<_> = most
            .iter()
            .map(|(entity, count)| (&*entity.text, *count))
            .collect();
        assert_eq!(told, [("Ada", 2)]);
    }
}
