//! Removes rows that have expired and that `DynamoDB`, which may take days, has not deleted yet.

use aws_sdk_dynamodb::Client;
use domain::ports::{ExpiredItem, PortError};
use time::OffsetDateTime;

use super::due::BY_EXPIRY;
use super::expiry::second;
use super::{number, text};
use crate::error::port_error;

/// A table whose rows have one key and expire.
pub(super) struct Rows<'a> {
    pub(super) client: &'a Client,
    pub(super) table: &'a str,
    /// The key's attribute.
    pub(super) key: &'static str,
    /// The table, for people.
    pub(super) what: &'static str,
}

impl Rows<'_> {
    /// The rows that have expired, the longest expired first.
    pub(super) async fn expired(
        &self,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<ExpiredItem>, PortError> {
        let due = BY_EXPIRY.due(self.client, self.table, self.what, (now, limit));
        let items = due.await?.into_iter();
        let name = |mut item: super::Item| match item.remove(self.key) {
            Some(aws_sdk_dynamodb::types::AttributeValue::S(name)) => Ok(ExpiredItem(name)),
            _ => Err(PortError::broken(self.what, "an item has no key")),
        };
        items.map(name).collect()
    }

    /// Removes a row if it is still expired: its key may have been written anew since it was found.
    pub(super) async fn discard(
        &self,
        item: &ExpiredItem,
        now: OffsetDateTime,
    ) -> Result<bool, PortError> {
        let delete = self.client.delete_item().table_name(self.table);
        let sent = delete
            .key(self.key, text(&item.0))
            .condition_expression("attribute_exists(#key) AND expires_at <= :now")
            .expression_attribute_names("#key", self.key)
            .expression_attribute_values(":now", number(&second(now)))
            .send()
            .await;
        match sent.map_err(|error| port_error(self.what, error)) {
            Ok(_) => Ok(true),
            Err(PortError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
