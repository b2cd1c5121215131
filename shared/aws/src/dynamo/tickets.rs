//! Tickets. One item per ticket: `digest`, `tenant`, `user`, `scopes`, `expires_at`, `expiry_shard`, `v`.

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::ReturnValue;
use domain::Identity;
use domain::ports::{ExpiredItem, Expiring, PortError, TicketStore};
use domain::ticket::Ticket;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;
use time::OffsetDateTime;

use super::due::BY_EXPIRY;
use super::expired::Rows;
use super::expiry::second;
use super::{Item, LAYOUT, layout, number, text};
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const TABLE: &str = "tickets table";

/// Keeps tickets in a table with the key `digest`.
#[derive(Debug, Clone)]
pub struct Tickets {
    client: Lazy<Client>,
    table: String,
}

#[derive(Serialize, Deserialize)]
struct TicketItem {
    digest: String,
    #[serde(flatten)]
    identity: Identity,
    expires_at: i64,
    #[serde(default)]
    expiry_shard: Option<String>,
    v: u8,
}

impl Tickets {
    /// Keeps tickets in this table.
    pub fn new(sdk: &Sdk, table: impl Into<String>) -> Self {
        Self {
            client: sdk.dynamodb(),
            table: table.into(),
        }
    }

    fn rows(&self) -> Rows<'_> {
        Rows {
            client: &self.client,
            table: &self.table,
            key: "digest",
            what: TABLE,
        }
    }
}

#[async_trait]
impl Expiring for Tickets {
    async fn expired(
        &self,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<ExpiredItem>, PortError> {
        self.rows().expired(now, limit).await
    }

    async fn discard(&self, item: &ExpiredItem, now: OffsetDateTime) -> Result<bool, PortError> {
        self.rows().discard(item, now).await
    }
}

#[async_trait]
impl TicketStore for Tickets {
    async fn issue(&self, ticket: &Ticket) -> Result<(), PortError> {
        let put = self.client.put_item().table_name(&self.table);
        let sent = put.set_item(Some(item(ticket)?)).send().await;
        sent.map(drop).map_err(|error| port_error(TABLE, error))
    }

    /// The delete is conditional, so of many attempts one finds the ticket. Where its answer is
    /// lost, the ticket is lost with it and the page buys another.
    async fn redeem(
        &self,
        digest: &str,
        now: OffsetDateTime,
    ) -> Result<Option<Identity>, PortError> {
        let delete = self.client.delete_item().table_name(&self.table);
        let sent = delete
            .key("digest", text(digest))
            .condition_expression("attribute_exists(digest) AND expires_at > :now")
            .expression_attribute_values(":now", number(&second(now)))
            .return_values(ReturnValue::AllOld)
            .send()
            .await;
        match sent.map_err(|error| port_error(TABLE, error)) {
            Ok(output) => output.attributes.map(identity).transpose(),
            Err(PortError::Conflict { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn item(ticket: &Ticket) -> Result<Item, PortError> {
    let item = TicketItem {
        digest: ticket.digest.clone(),
        identity: ticket.identity.clone(),
        expires_at: second(ticket.expires_at),
        expiry_shard: Some(BY_EXPIRY.shard_of(&ticket.digest)),
        v: LAYOUT,
    };
    to_item(item).map_err(|error| PortError::broken(TABLE, error))
}

fn identity(item: Item) -> Result<Identity, PortError> {
    let item: TicketItem = layout::read(item, TABLE)?;
    Ok(item.identity)
}

#[cfg(test)]
mod formats {
    use domain::ids::Scope;
    use domain::{TenantId, UserId};
    use testkit::build::NOW;

    use super::*;
    use crate::dynamo::recorded::hold;

    #[test]
    fn a_ticket_is_as_recorded() {
        let bought_by = Identity {
            tenant: TenantId::new("acme").unwrap(),
            user: UserId::new("ada").unwrap(),
            scopes: [Scope::Operator, Scope::Notify, Scope::Webhooks].into(),
        };
        let write = |identity: &Identity| {
            let ticket = Ticket {
                digest: "d".repeat(64),
                identity: identity.clone(),
                expires_at: NOW,
            };
            item(&ticket).unwrap()
        };
        hold("ticket", &bought_by, write, identity, &[]);
    }
}
