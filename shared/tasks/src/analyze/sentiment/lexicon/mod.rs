//! What words say by themselves. README.md beside this file names the sources.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One word's opinion in both lexica.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entry {
    /// VADER's mean rating, -4 to 4.
    pub(super) valence: Option<f64>,
    /// Pattern's polarity, -1 to 1.
    pub(super) polarity: Option<f64>,
    /// How much the word strengthens the next one in Pattern; 1 for not at all.
    pub(super) intensity: f64,
}

const SILENT: Entry = Entry {
    valence: None,
    polarity: None,
    intensity: 1.0,
};

static ENTRIES: LazyLock<HashMap<&'static str, Entry>> = LazyLock::new(|| {
    let mut entries = HashMap::new();
    for (word, mut numbers) in lines(include_str!("vader.tsv")) {
        entries.entry(word).or_insert(SILENT).valence = numbers.next();
    }
    for (word, mut numbers) in lines(include_str!("pattern.tsv")) {
        let entry = entries.entry(word).or_insert(SILENT);
        entry.polarity = numbers.next().filter(|polarity| *polarity != 0.0);
        entry.intensity = numbers.next().unwrap_or(1.0);
    }
    entries
});

fn lines(
    file: &'static str,
) -> impl Iterator<Item = (&'static str, impl Iterator<Item = f64> + 'static)> {
    file.lines().filter_map(|line| {
        let (word, numbers) = line.split_once('\t')?;
        let numbers = numbers.split('\t').filter_map(|number| number.parse().ok());
        Some((word, numbers))
    })
}

/// What is known of a lower-case word, emoticon or emoji.
pub(super) fn entry(word: &str) -> Entry {
    ENTRIES.get(word).copied().unwrap_or(SILENT)
}

/// Whether either lexicon has it.
pub(super) fn knows(word: &str) -> bool {
    ENTRIES.contains_key(word)
}

/// Whether VADER's lexicon has it.
pub(super) fn rated(word: &str) -> bool {
    entry(word).valence.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_are_read_whole() {
        let valences = ENTRIES.values().filter(|entry| entry.valence.is_some());
        let polarities = ENTRIES.values().filter(|entry| entry.polarity.is_some());
        let vader = include_str!("vader.tsv").lines().count();
        assert_eq!(valences.count(), vader);
        assert!(polarities.count() > 1_200);
        for (word, entry) in ENTRIES.iter() {
            let valence = entry.valence.unwrap_or_default();
            let polarity = entry.polarity.unwrap_or_default();
            assert!(
                valence.abs() <= 4.0 && polarity.abs() <= 1.0,
                "{word}: {entry:?}"
            );
        }
    }
}
