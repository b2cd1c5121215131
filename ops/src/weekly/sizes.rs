//! Tables and collections with their indexes: how large, how much of it dead, and how much larger than before.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use stores::mongo::{CollectionSize, collection_sizes};
use stores::postgres::{TableSize, table_sizes};

use crate::check::{Row, State};
use crate::site::Site;
use crate::{reach, size};

const AREA: &str = "sizes";

/// A table with more dead rows than this share of it is not vacuumed as it should be: autovacuum begins at a fifth.
const DEAD: f64 = 0.4;
/// Small tables are vacuumed when it suits.
const MANY_ROWS: i64 = 10_000;
/// Half as large again within a week doubles twice a month.
const GROWTH: f64 = 0.5;
/// Whatever is smaller may grow.
const LARGE: f64 = 1e9;

/// Sizes of an earlier output of `ops weekly --json`, in bytes, by what they are of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Before(BTreeMap<String, f64>);

/// The earlier output cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BeforeError {
    /// The file cannot be read.
    #[error("the earlier output cannot be read")]
    Unreadable(#[from] std::io::Error),
    /// It is not what `ops weekly --json` prints.
    #[error("the earlier output is not what `ops weekly --json` prints")]
    NotJson(#[from] serde_json::Error),
}

impl Before {
    /// Reads it from a file.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is no such output.
    pub fn read(file: &Path) -> Result<Self, BeforeError> {
        let list: Value = serde_json::from_slice(&fs::read(file)?)?;
        Ok(Self::of(&list))
    }

    fn of(list: &Value) -> Self {
        let rows = list["rows"].as_array().into_iter().flatten();
        let sizes = rows.filter(|row| row["area"] == AREA).filter_map(|row| {
            Some((
                row["item"].as_str()?.to_owned(),
                row["values"]["bytes"].as_f64()?,
            ))
        });
        Self(sizes.collect())
    }
}

pub(super) async fn check(site: &Site, before: &Before) -> Vec<Row> {
    let (tables, collections) = tokio::join!(tables(site, before), collections(site, before));
    tables.into_iter().chain(collections).collect()
}

async fn tables(site: &Site, before: &Before) -> Vec<Row> {
    let item = "postgres";
    let Some(url) = site.deployment.get("DATABASE_URL") else {
        return vec![Row::not_applicable(
            AREA,
            item,
            "DATABASE_URL is not set here",
        )];
    };
    let authorities = site.deployment.get("DATABASE_CA_FILE").map(Path::new);
    match table_sizes(url, authorities).await {
        Ok(sizes) => sizes
            .iter()
            .map(|table| judge_table(table, before))
            .collect(),
        Err(error) => vec![unknown(item, &domain::causes(&error))],
    }
}

async fn collections(site: &Site, before: &Before) -> Vec<Row> {
    let item = "mongodb";
    let Some(uri) = site.deployment.get("MONGODB_URI") else {
        return vec![Row::not_applicable(
            AREA,
            item,
            "MONGODB_URI is not set here",
        )];
    };
    match collection_sizes(uri).await {
        Ok(sizes) => sizes
            .iter()
            .map(|collection| judge_collection(collection, before))
            .collect(),
        Err(error) => vec![unknown(item, &domain::causes(&error))],
    }
}

fn unknown(item: &str, words: &str) -> Row {
    Row::fail(AREA, item, words).advise(reach::advice(words))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sizes and counts far below 2^53"
)]
fn judge_table(table: &TableSize, before: &Before) -> Row {
    let item = format!("table {}", table.name);
    let dead = table.dead_rows as f64 / (table.rows + table.dead_rows).max(1) as f64;
    let neglected = dead >= DEAD && table.rows + table.dead_rows >= MANY_ROWS;
    let bytes = (table.bytes, table.index_bytes);
    let row = sized(&item, bytes, (table.rows, "rows"), before);
    if neglected && row.state == State::Ok {
        let figure = format!("{}, {:.0} % dead", row.figure, dead * 100.0);
        return Row {
            state: State::Warn,
            figure,
            ..row
        }
        .advise("vacuum lags behind: look for transactions that stay open, or VACUUM it by hand");
    }
    row
}

fn judge_collection(collection: &CollectionSize, before: &Before) -> Row {
    let item = format!("collection {}", collection.name);
    let bytes = (collection.bytes, collection.index_bytes);
    sized(&item, bytes, (collection.documents, "documents"), before)
}

#[expect(clippy::cast_precision_loss, reason = "sizes far below 2^53")]
fn sized(
    item: &str,
    (bytes, index_bytes): (i64, i64),
    (count, of): (i64, &str),
    before: &Before,
) -> Row {
    let total = (bytes + index_bytes) as f64;
    let grown = before
        .0
        .get(item)
        .map(|before| total / before.max(1.0) - 1.0);
    let since = grown.map(|grown| format!(", {:+.0} % since", grown * 100.0));
    let figure = format!(
        "{} and {} of indexes, {count} {of}{}",
        size::of(bytes),
        size::of(index_bytes),
        since.unwrap_or_default()
    );
    let fast = grown.is_some_and(|grown| grown >= GROWTH) && total >= LARGE;
    let state = if fast { State::Warn } else { State::Ok };
    Row::new(AREA, item, state, figure)
        .advise("it grows fast: is what it keeps still needed, and does its expiry run?")
        .with("bytes", total)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(bytes: i64, rows: i64, dead_rows: i64) -> TableSize {
        TableSize {
            name: "users".into(),
            bytes,
            index_bytes: bytes / 2,
            rows,
            dead_rows,
        }
    }

    #[test]
    fn growth_is_told_and_judged_where_there_is_an_earlier_output() {
        let earlier = json!({"rows": [
            {"area": "sizes", "item": "table users", "values": {"bytes": 1e9}},
            {"area": "age", "item": "table users", "values": {"bytes": 1.0}},
        ]});
        let before = Before::of(&earlier);
        let row = judge_table(&table(1_000_000_000, 5, 0), &before);
        assert_eq!((row.state, row.values["bytes"]), (State::Warn, 1.5e9));
        assert_eq!(
            row.figure,
            "1.0 GB and 500 MB of indexes, 5 rows, +50 % since"
        );
        let first = judge_table(&table(1_000_000_000, 5, 0), &Before::default());
        assert_eq!(
            (first.state, first.figure.contains("since")),
            (State::Ok, false)
        );
    }

    #[test]
    fn dead_rows_count_in_large_tables() {
        let state = |rows, dead| judge_table(&table(1, rows, dead), &Before::default()).state;
        assert_eq!(state(6_000, 4_000), State::Warn);
        assert_eq!(state(6_100, 3_900), State::Ok);
        assert_eq!(state(6, 4), State::Ok);
    }
}
