//! What tasks used that became known after their last write. One item for each such task:
//! `tenant` (`<tenant>#usage`), `request_id`, the figures of [`Usage`] that are not nothing, `expires_at`,
//! `v`.
//!
//! No tenant's name holds a `#`, so these items are in a partition of their own: lists of tasks never
//! meet them, and what is added here takes nothing of what the tenant's tasks may be written at.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use domain::ports::{LateUsage, PortError};
use domain::{RequestId, TenantId, Usage};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use super::item::KEPT;
use super::{TABLE, Tasks};
use crate::dynamo::expiry::second;
use crate::dynamo::{Item, LAYOUT, layout, number, text};
use crate::error::port_error;

/// What follows the tenant in the key of such an item.
pub(super) const OWN: &str = "#usage";

/// How long an addition may take. Nobody waits for it with anything that matters.
const LONGEST: Duration = Duration::from_millis(900);

#[async_trait]
impl LateUsage for Tasks {
    /// One update, tried once: one whose answer was lost may have been done, and would count twice.
    async fn add(&self, tenant: &TenantId, id: RequestId, usage: Usage) -> Result<(), PortError> {
        let figures: Item = to_item(usage).map_err(|error| PortError::broken(TABLE, error))?;
        // In order, so that the expression is the same for the same figures.
        let figures: BTreeMap<_, _> = figures.into_iter().collect();
        if figures.is_empty() {
            return Ok(());
        }
        let added: Vec<_> = figures
            .keys()
            .map(|name| format!("{name} :{name}"))
            .collect();
        let expression = format!(
            "ADD {} SET expires_at = :expiry, v = :layout",
            added.join(", ")
        );
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(tenant, id)))
            .update_expression(expression)
            .expression_attribute_values(":expiry", number(&second(self.clock.now() + KEPT)))
            .expression_attribute_values(":layout", number(&LAYOUT));
        for (name, figure) in figures {
            update = update.expression_attribute_values(format!(":{name}"), figure);
        }
        let sent = update.customize().config_override(once()).send().await;
        sent.map(drop).map_err(|error| port_error(TABLE, error))
    }

    /// Eventually consistent, at half the price: whoever wants the last message counted asks again.
    async fn total(&self, tenant: &TenantId, id: RequestId) -> Result<Usage, PortError> {
        let get = self.client.get_item().table_name(&self.table);
        let sent = get.set_key(Some(key(tenant, id))).send().await;
        let output = sent.map_err(|error| port_error(TABLE, error))?;
        let usage = output.item.map(read).transpose()?;
        Ok(usage.unwrap_or_default())
    }
}

pub(super) fn read(item: Item) -> Result<Usage, PortError> {
    layout::read(item, TABLE)
}

fn once() -> Builder {
    let time_limits = TimeoutConfig::builder().operation_timeout(LONGEST).build();
    aws_sdk_dynamodb::Config::builder()
        .retry_config(RetryConfig::disabled())
        .timeout_config(time_limits)
}

fn key(tenant: &TenantId, id: RequestId) -> Item {
    Item::from([
        ("tenant".into(), text(&format!("{tenant}{OWN}"))),
        ("request_id".into(), text(&id)),
    ])
}
