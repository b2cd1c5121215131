//! Events of several types in the order of time.
//!
//! The index on tenant, type and `at` gives the events of one type in order. Those of several are
//! merged here from a cursor for each, so that the server never has to sort millions of them.

use bson::{Document, doc};
use domain::Event;
use futures::TryStreamExt as _;
use futures::future::try_join_all;
use mongodb::{Collection, Cursor};

use super::document::read;
use super::failure::Failure;

/// Documents that a cursor fetches at once. An event has up to some 35 KB, so that a fetch has 9
/// MB at the very worst, and usually a tenth of one.
const FETCHED: u32 = 250;

/// Cursors, each with its next event.
pub(super) struct Merged {
    heads: Vec<Head>,
}

struct Head {
    next: Event,
    rest: Cursor<Document>,
}

impl Merged {
    /// The events that match any of the filters, each of which is about events of one type.
    pub(super) async fn open(
        collection: &Collection<Document>,
        filters: impl Iterator<Item = Document>,
    ) -> Result<Self, Failure> {
        let heads = filters.map(async |filter| {
            let found = collection.find(filter).sort(doc! { "at": 1 });
            let mut rest = found.batch_size(FETCHED).await?;
            let next = fetch(&mut rest).await?;
            Ok::<_, Failure>(next.map(|next| Head { next, rest }))
        });
        let heads = try_join_all(heads).await?;
        Ok(Self {
            heads: heads.into_iter().flatten().collect(),
        })
    }

    /// The earliest event that has not been given yet.
    pub(super) async fn next(&mut self) -> Result<Option<Event>, Failure> {
        let heads = self.heads.iter_mut().enumerate();
        let Some((first, head)) = heads.min_by_key(|(_, head)| head.next.at) else {
            return Ok(None);
        };
        match fetch(&mut head.rest).await? {
            Some(next) => Ok(Some(std::mem::replace(&mut head.next, next))),
            None => Ok(Some(self.heads.remove(first).next)),
        }
    }
}

async fn fetch(cursor: &mut Cursor<Document>) -> Result<Option<Event>, Failure> {
    let document = cursor.try_next().await?;
    Ok(document.as_ref().map(read).transpose()?)
}
