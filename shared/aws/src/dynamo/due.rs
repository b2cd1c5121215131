//! Sparse indexes of what is due: keyed by a shard, so that no partition takes all writes, and sorted
//! by the second at which it is due.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::QueryError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use domain::ports::PortError;
use futures::future::try_join_all;
use time::OffsetDateTime;

use super::expiry::second;
use super::{Item, number, text};
use crate::error::port_error;

/// An index of what is due. It spans tenants: only the sweep reads it.
#[derive(Debug, Clone, Copy)]
pub(super) struct DueIndex {
    /// Its name.
    pub(super) name: &'static str,
    /// The attribute of its key. An item without it is not in the index.
    pub(super) shard: &'static str,
    /// How many values the key has: `0` and on.
    pub(super) shards: u32,
    /// The attribute it is sorted by, in seconds since 1970.
    pub(super) at: &'static str,
}

/// Items by the second from which they count as expired. API Gateway opens 500 connections a second
/// by default, with a ticket each, and a partition takes 1,000 writes.
pub(super) const BY_EXPIRY: DueIndex = DueIndex {
    name: "by-expiry",
    shard: "expiry_shard",
    shards: 4,
    at: "expires_at",
};

impl DueIndex {
    /// The shard of the item with this name. Names are random enough for the sum of their bytes to
    /// be so.
    pub(super) fn shard_of(&self, name: &str) -> String {
        let sum: u32 = name.bytes().map(u32::from).sum();
        (sum % self.shards).to_string()
    }

    /// At most `limit` items that are due, the longest due first. `what` names the table.
    pub(super) async fn due(
        &self,
        client: &Client,
        table: &str,
        what: &'static str,
        (now, limit): (OffsetDateTime, usize),
    ) -> Result<Vec<Item>, PortError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let shards = (0..self.shards).map(|shard| self.due_in(client, table, shard, (now, limit)));
        let read = try_join_all(shards).await;
        let read = read.map_err(|error| port_error(what, error))?;
        let mut due: Vec<_> = read.into_iter().flatten().collect();
        due.sort_by_cached_key(|item| self.moment(item));
        due.truncate(limit);
        Ok(due)
    }

    /// One call: an index item is small, so any sensible limit fits into it.
    async fn due_in(
        &self,
        client: &Client,
        table: &str,
        shard: u32,
        (now, limit): (OffsetDateTime, usize),
    ) -> Result<Vec<Item>, SdkError<QueryError, HttpResponse>> {
        let query = client.query().table_name(table).index_name(self.name);
        let output = query
            .key_condition_expression("#shard = :shard AND #at <= :now")
            .expression_attribute_names("#shard", self.shard)
            .expression_attribute_names("#at", self.at)
            .expression_attribute_values(":shard", text(&shard))
            .expression_attribute_values(":now", number(&second(now)))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await?;
        Ok(output.items.unwrap_or_default())
    }

    /// An item of the index always has it.
    fn moment(&self, item: &Item) -> Option<i64> {
        item.get(self.at)?.as_n().ok()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_shard_and_all_shards_are_used() {
        let mut used = [0; 4];
        for n in 0..1_000 {
            let name = format!("name-{n}");
            let shard: usize = BY_EXPIRY.shard_of(&name).parse().unwrap();
            assert_eq!(BY_EXPIRY.shard_of(&name), shard.to_string());
            used[shard] += 1;
        }
        assert!(used.iter().all(|used| *used > 100), "{used:?}");
    }
}
