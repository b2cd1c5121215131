//! The layout's version of each item, `v`, and what it is for: an item of a layout that this release
//! does not know is refused before a field of it is taken for something that it is not.

use domain::ports::PortError;
use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use super::Item;

/// The layout that is written, and the newest one that is read.
pub(super) const LAYOUT: u8 = 1;

/// An item of a later release.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the item has layout {found}, this release knows up to {LAYOUT}: a newer one must handle it"
)]
struct Newer {
    found: String,
}

/// Reads an item of any layout that this release knows. `table` names where it is from, for people.
pub(super) fn read<T: DeserializeOwned>(item: Item, table: &'static str) -> Result<T, PortError> {
    check(&item, table)?;
    from_item(item).map_err(|error| PortError::broken(table, error))
}

/// Refuses an item of a later layout. What an index or a list leaves `v` out of passes.
pub(super) fn check(item: &Item, table: &'static str) -> Result<(), PortError> {
    let Some(Ok(found)) = item.get("v").map(|v| v.as_n()) else {
        return Ok(());
    };
    match found.parse::<u8>() {
        Ok(known) if known <= LAYOUT => Ok(()),
        _ => {
            let found = found.clone();
            Err(PortError::broken(table, Newer { found }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamo::{number, text};

    #[test]
    fn layouts_up_to_ours_are_read_and_later_ones_refused() {
        let item = |v: &str| Item::from([("v".into(), number(&v)), ("name".into(), text("a"))]);
        for (v, known) in [("0", true), ("1", true), ("2", false), ("300", false)] {
            assert_eq!(check(&item(v), "table").is_ok(), known, "{v}");
        }
        assert!(check(&Item::new(), "table").is_ok());
        let refused = check(&item("2"), "table").unwrap_err();
        assert!(matches!(refused, PortError::Broken { .. }));
        assert!(domain::causes(&refused).contains("layout 2, this release knows up to 1"));
    }
}
