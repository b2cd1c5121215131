//! Indexes of what is due: a shard as the key, a second since 1970 as the sort. Several shards take
//! the writes of all tenants; a reader asks all of them at once.

use aws_sdk_dynamodb::Client;
use domain::ports::PortError;
use futures::future::try_join_all;
use time::OffsetDateTime;

use super::expiry::second;
use super::{Item, number, text};
use crate::error::port_error;

/// One such index.
#[derive(Debug, Clone, Copy)]
pub(super) struct DueIndex {
    /// Its table, for people.
    pub(super) what: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// The attribute that is its key.
    pub(super) shard: &'static str,
    /// The attribute that is its sort.
    pub(super) moment: &'static str,
    /// How many values the key has: the numbers from 0.
    pub(super) shards: u32,
}

impl DueIndex {
    /// The shard of something by a text that differs enough from others.
    pub(super) fn shard_of(&self, name: &str) -> String {
        let sum: u32 = name.bytes().map(u32::from).sum();
        (sum % self.shards).to_string()
    }

    /// Everything that is due by `now`, at most `limit` of each shard and the longest overdue of
    /// each; the reader sorts and cuts.
    pub(super) async fn due(
        &self,
        client: &Client,
        table: &str,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<Item>, PortError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let shards = (0..self.shards).map(|shard| self.due_in(client, table, shard, now, limit));
        Ok(try_join_all(shards).await?.into_iter().flatten().collect())
    }

    /// One call: an index item is small, so any sensible limit fits into it.
    async fn due_in(
        &self,
        client: &Client,
        table: &str,
        shard: u32,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<Item>, PortError> {
        let query = client.query().table_name(table).index_name(self.name);
        let sent = query
            .key_condition_expression("#shard = :shard AND #moment <= :now")
            .expression_attribute_names("#shard", self.shard)
            .expression_attribute_names("#moment", self.moment)
            .expression_attribute_values(":shard", text(&shard))
            .expression_attribute_values(":now", number(&second(now)))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await;
        let output = sent.map_err(|error| port_error(self.what, error))?;
        Ok(output.items.unwrap_or_default())
    }
}
