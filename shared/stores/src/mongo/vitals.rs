//! How the server is, for those who run it. No function asks this.

use std::time::Duration;

use bson::{Bson, DateTime, Document, doc};
use futures::{StreamExt, TryStreamExt};
use mongodb::Database;
use mongodb::error::Error;
use tokio::time::timeout;

use super::open;
use crate::ConnectError;

/// How long connecting and asking may take together: who looks at many things waits for none of them.
const LONGEST: Duration = Duration::from_millis(2_500);

/// Collections that are asked at once.
const AT_ONCE: usize = 4;

/// How the server is. What it does not tell, or not to this user, is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Vitals {
    /// Its version.
    pub version: Option<String>,
    /// Whether there is a primary, which takes writes.
    pub primary: bool,
    /// The replica set.
    pub set: Option<String>,
    /// Connections that are open.
    pub connections: Option<i64>,
    /// Connections that it would still take.
    pub available: Option<i64>,
    /// Members that follow the primary.
    pub secondaries: Option<usize>,
    /// How far the slowest of them is behind, in seconds.
    pub lag: Option<f64>,
    /// The size of the database with its indexes, as stored.
    pub bytes: Option<i64>,
}

/// A collection, as the server's statistics have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionSize {
    /// Its name.
    pub name: String,
    /// Its size as stored, without indexes.
    pub bytes: i64,
    /// The size of its indexes.
    pub index_bytes: i64,
    /// Its documents.
    pub documents: i64,
}

/// Why the server does not tell.
#[derive(Debug, thiserror::Error)]
pub enum VitalsError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] ConnectError),
    /// It did not answer in time.
    #[error("mongodb did not answer within {} ms", LONGEST.as_millis())]
    Timeout,
    /// It cannot be reached, or refused.
    #[error("mongodb refused")]
    Refused(#[source] Box<Error>),
}

impl From<Error> for VitalsError {
    fn from(error: Error) -> Self {
        Self::Refused(Box::new(error))
    }
}

/// Asks how the server is. `uri` is that of [`connect`](super::connect).
///
/// # Errors
///
/// It does not answer, or refuses.
pub async fn vitals(uri: &str) -> Result<Vitals, VitalsError> {
    within(async {
        let database = open(uri).await?;
        let hello = database.run_command(doc! { "hello": 1 }).await?;
        let admin = database.client().database("admin");
        // Some of them take rights that a user of the application does not have.
        let (status, members, size) = tokio::join!(
            admin.run_command(doc! { "serverStatus": 1 }),
            admin.run_command(doc! { "replSetGetStatus": 1 }),
            database.run_command(doc! { "dbStats": 1 }),
        );
        let told = (status.ok(), members.ok(), size.ok());
        Ok(read_vitals(&hello, &told))
    })
    .await
}

/// Asks how large the collections are, largest first.
///
/// # Errors
///
/// It does not answer, or refuses.
pub async fn collection_sizes(uri: &str) -> Result<Vec<CollectionSize>, VitalsError> {
    within(async {
        let database = open(uri).await?;
        let names = database.list_collection_names().await?;
        let sizes = futures::stream::iter(names).map(|name| size(&database, name));
        let mut sizes: Vec<_> = sizes.buffered(AT_ONCE).try_collect().await?;
        sizes.sort_by_key(|size| std::cmp::Reverse(size.bytes + size.index_bytes));
        Ok(sizes)
    })
    .await
}

async fn within<T>(work: impl Future<Output = Result<T, VitalsError>>) -> Result<T, VitalsError> {
    timeout(LONGEST, work)
        .await
        .unwrap_or(Err(VitalsError::Timeout))
}

async fn size(database: &Database, name: String) -> Result<CollectionSize, Error> {
    let stats = database.run_command(doc! { "collStats": &name }).await?;
    Ok(CollectionSize {
        name,
        bytes: whole(&stats, "storageSize").unwrap_or_default(),
        index_bytes: whole(&stats, "totalIndexSize").unwrap_or_default(),
        documents: whole(&stats, "count").unwrap_or_default(),
    })
}

type Told = (Option<Document>, Option<Document>, Option<Document>);

fn read_vitals(hello: &Document, (status, members, size): &Told) -> Vitals {
    let connections = status
        .as_ref()
        .and_then(|s| s.get_document("connections").ok());
    let members = members.as_ref().and_then(|m| m.get_array("members").ok());
    let version = status.as_ref().and_then(|s| s.get_str("version").ok());
    // A client that was sent to one member only may have a secondary before it, which names the primary.
    let writable = hello.get_bool("isWritablePrimary").unwrap_or_default();
    Vitals {
        version: version.map(str::to_owned),
        primary: writable || hello.contains_key("primary"),
        set: hello.get_str("setName").ok().map(str::to_owned),
        connections: connections.and_then(|c| whole(c, "current")),
        available: connections.and_then(|c| whole(c, "available")),
        secondaries: members.map(|members| moments(members, "SECONDARY").count()),
        lag: members.and_then(|members| lag(members)),
        bytes: size
            .as_ref()
            .and_then(|size| Some(whole(size, "storageSize")? + whole(size, "indexSize")?)),
    }
}

/// Numbers come as integers of either width, or as floats.
fn whole(document: &Document, field: &str) -> Option<i64> {
    match document.get(field)? {
        Bson::Int32(number) => Some((*number).into()),
        Bson::Int64(number) => Some(*number),
        #[expect(clippy::cast_possible_truncation, reason = "counts and sizes")]
        Bson::Double(number) => Some(*number as i64),
        _ => None,
    }
}

/// The last writes that members in a state have, where they tell.
fn moments<'a>(members: &'a [Bson], state: &'a str) -> impl Iterator<Item = Option<DateTime>> + 'a {
    let members = members.iter().filter_map(Bson::as_document);
    members
        .filter(move |member| member.get_str("stateStr").is_ok_and(|told| told == state))
        .map(|member| member.get_datetime("optimeDate").ok().copied())
}

fn lag(members: &[Bson]) -> Option<f64> {
    let primary = moments(members, "PRIMARY").next()??;
    let slowest = moments(members, "SECONDARY").flatten().min()?;
    let behind = primary.timestamp_millis() - slowest.timestamp_millis();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let seconds = behind.max(0) as f64 / 1_000.0;
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(state: &str, second: i64) -> Document {
        doc! { "stateStr": state, "optimeDate": DateTime::from_millis(second * 1_000) }
    }

    #[test]
    fn a_replica_set_tells_its_lag() {
        let hello = doc! { "isWritablePrimary": true, "setName": "rs0" };
        let members = [
            member("SECONDARY", 97),
            member("PRIMARY", 100),
            member("SECONDARY", 99),
        ];
        let members = doc! { "members": members.to_vec() };
        let status =
            doc! { "version": "8.0", "connections": { "current": 5, "available": 995_i64 } };
        let size = doc! { "storageSize": 10.0, "indexSize": 5 };
        let vitals = read_vitals(&hello, &(Some(status), Some(members), Some(size)));
        assert_eq!(
            (vitals.primary, vitals.secondaries, vitals.lag),
            (true, Some(2), Some(3.0))
        );
        assert_eq!((vitals.connections, vitals.available), (Some(5), Some(995)));
        assert_eq!(vitals.bytes, Some(15));
    }

    #[test]
    fn who_may_not_know_is_told_less() {
        let vitals = read_vitals(&doc! { "primary": "a:27017" }, &(None, None, None));
        assert!(vitals.primary);
        assert_eq!((vitals.connections, vitals.lag), (None, None));
        assert!(!read_vitals(&doc! { "setName": "rs0" }, &(None, None, None)).primary);
    }
}
