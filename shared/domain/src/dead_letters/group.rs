//! Letters that have something in common.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Letter;

/// Letters by what they have in common: the largest group first, equal ones in the order of their
/// keys; in each the oldest letter first.
pub fn grouped<'a, K: Ord>(
    letters: impl IntoIterator<Item = &'a Letter>,
    key: impl Fn(&'a Letter) -> K,
) -> Vec<(K, Vec<&'a Letter>)> {
    let mut sorted: BTreeMap<K, Vec<&Letter>> = BTreeMap::new();
    for letter in letters {
        sorted.entry(key(letter)).or_default().push(letter);
    }
    let mut groups: Vec<_> = sorted.into_iter().collect();
    for (_, letters) in &mut groups {
        letters.sort_by_key(|letter| (letter.held.sent_at, &letter.held.id));
    }
    groups.sort_by_key(|(_, letters)| Reverse(letters.len()));
    groups
}

#[cfg(test)]
mod tests {
    use super::super::letter::tests::{letter, task};
    use super::*;

    fn about(kind: &str, letter: Letter) -> Letter {
        Letter {
            task: Some(Box::new(task(kind).0)),
            ..letter
        }
    }

    #[test]
    fn the_most_come_first_and_in_each_group_the_oldest() {
        let letters = [
            letter("1", Some("unreadable_message: v 9"), 3),
            about("export", letter("2", Some("store_unavailable: mongodb"), 2)),
            about(
                "export",
                letter("3", Some("store_unavailable: postgres"), 1),
            ),
            about(
                "analyze",
                letter("4", Some("store_unavailable: mongodb"), 0),
            ),
            about("export", letter("5", None, 0)),
        ];
        let found = grouped(&letters, |letter| {
            let kind = letter.task.as_ref().map(|task| task.kind.as_str());
            (letter.reason_code(), kind)
        });
        let shown: Vec<_> = found
            .iter()
            .map(|(key, letters)| {
                let ids = letters.iter().map(|one| one.held.id.as_str());
                (*key, ids.collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(
            shown,
            [
                (("store_unavailable", Some("export")), vec!["3", "2"]),
                (("received_too_often", Some("export")), vec!["5"]),
                (("store_unavailable", Some("analyze")), vec!["4"]),
                (("unreadable_message", None), vec!["1"]),
            ]
        );
    }
}
