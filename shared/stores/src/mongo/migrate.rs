//! Brings the collections' indexes to what this release needs.

use std::collections::BTreeSet;
use std::error::Error;
use std::time::Duration;

use bson::{Document, doc};
use mongodb::error::ErrorKind;
use mongodb::options::IndexOptions;
use mongodb::{Collection, IndexModel};

use super::{COLLECTION, REPORTS, ROLLUPS, TOUCHED, open};
use crate::ConnectError;

/// How long events are kept after they were received.
pub(super) const KEPT: Duration = Duration::from_hours(400 * 24);
/// How long marks are kept: longer than any figures that they could make stale.
const MARKS_KEPT: Duration = Duration::from_hours(410 * 24);
/// The server's code for a collection that is not there yet.
const NO_COLLECTION: i32 = 26;

/// Why the indexes are not what they should be.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] ConnectError),
    /// The server is away, or refused the indexes.
    #[error("the indexes of mongodb could not be made")]
    Indexes(#[source] Box<dyn Error + Send + Sync>),
}

impl From<mongodb::error::Error> for MigrateError {
    fn from(error: mongodb::error::Error) -> Self {
        Self::Indexes(error.into())
    }
}

/// Makes the indexes that are missing, and gives their names. Doing so again changes nothing.
pub async fn migrate(uri: &str) -> Result<Vec<String>, MigrateError> {
    let database = open(uri).await?;
    let mut made = missing(&database.collection(COLLECTION), indexes()).await?;
    made.extend(missing(&database.collection(REPORTS), report_indexes()).await?);
    // Both are read by ranges of their keys.
    let expiry = [expiring("received_at", KEPT)];
    made.extend(missing(&database.collection(ROLLUPS), expiry).await?);
    let marks = [expiring("at", MARKS_KEPT), due()];
    made.extend(missing(&database.collection(TOUCHED), marks).await?);
    Ok(made)
}

async fn missing(
    collection: &Collection<Document>,
    indexes: impl IntoIterator<Item = IndexModel>,
) -> Result<Vec<String>, MigrateError> {
    let before = names(collection).await?;
    let made = collection.create_indexes(indexes).await?.index_names;
    Ok(made
        .into_iter()
        .filter(|name| !before.contains(name))
        .collect())
}

async fn names(collection: &Collection<Document>) -> Result<BTreeSet<String>, MigrateError> {
    match collection.list_index_names().await {
        Ok(names) => Ok(names.into_iter().collect()),
        Err(error) => match error.kind.as_ref() {
            ErrorKind::Command(command) if command.code == NO_COLLECTION => Ok(BTreeSet::new()),
            _ => Err(error.into()),
        },
    }
}

fn indexes() -> [IndexModel; 2] {
    // Ranges of time, and the order of log pages, newest first.
    let pages = IndexModel::builder().keys(doc! { "tenant": 1, "type": 1, "at": -1, "_id": -1 });
    [pages.build(), expiring("received_at", KEPT)]
}

/// Finds the hours that are to be rolled up: few of all marks have the field.
fn due() -> IndexModel {
    IndexModel::builder()
        .keys(doc! { "due": 1 })
        .options(IndexOptions::builder().sparse(true).build())
        .build()
}

/// Has the server remove what is older than that by this field.
fn expiring(field: &str, age: Duration) -> IndexModel {
    IndexModel::builder()
        .keys(doc! { field: 1 })
        .options(IndexOptions::builder().expire_after(age).build())
        .build()
}

fn report_indexes() -> [IndexModel; 2] {
    let pages = IndexModel::builder().keys(doc! { "tenant": 1, "created_at": -1, "_id": -1 });
    // Each report says itself when that is.
    [pages.build(), expiring("expires_at", Duration::ZERO)]
}
