//! Tasks, one item each; `item` has the layout.

mod attention;
#[cfg(test)]
mod formats;
mod item;
mod late_usage;
mod list;
#[cfg(test)]
mod properties;
mod spent;
mod state;
mod terms;
mod watch;

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use domain::ports::{Clock, PortError, TaskStore};
use domain::task::attention_to_lease;
use domain::{LeaseToken, RequestId, Task, TenantId, Usage};
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::expiry::{is_past, second};
use super::{Item, number, text};
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;
use item::TaskItem;

const TABLE: &str = "tasks table";

/// The condition under which a task's id is free.
pub(super) const IS_NEW: &str = "attribute_not_exists(request_id)";

/// Keeps tasks in a table with the keys `tenant` and `request_id`, for 30 days after their last
/// change.
///
/// An item holds up to 400 KB (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>):
/// a larger task is refused as broken.
#[derive(Clone)]
pub struct Tasks {
    client: Lazy<Client>,
    table: String,
    clock: Arc<dyn Clock>,
}

impl Tasks {
    /// Keeps tasks in this table; the clock tells which have expired.
    pub fn new(sdk: &Sdk, table: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self {
            client: sdk.dynamodb(),
            table: table.into(),
            clock,
        }
    }

    fn put(&self, item: &Item) -> PutItemFluentBuilder {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item.clone()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

#[async_trait]
impl TaskStore for Tasks {
    async fn create(&self, task: &Task) -> Result<(), PortError> {
        let item = item_of(task)?;
        let put = self.put(&item);
        let sent = put.condition_expression(IS_NEW).send().await;
        sent.map(drop).or_else(|error| ours_already(&item, error))
    }

    async fn load(&self, tenant: &TenantId, id: RequestId) -> Result<Option<Task>, PortError> {
        let get = self.client.get_item().table_name(&self.table);
        let sent = get
            .set_key(Some(key(tenant, id)))
            .consistent_read(true)
            .send()
            .await;
        let output = sent.map_err(|error| port_error(TABLE, error))?;
        let item = output.item.map(TaskItem::from_item).transpose()?;
        let now = self.clock.now();
        item.filter(|item| !is_past(item.expires_at, now))
            .map(TaskItem::into_task)
            .transpose()
    }

    async fn replace(&self, task: &Task, from_version: u64) -> Result<(), PortError> {
        let item = item_of(task)?;
        let put = self.put(&item);
        let sent = put
            .condition_expression("#version = :from")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":from", number(&from_version))
            .send()
            .await;
        sent.map(drop).or_else(|error| ours_already(&item, error))
    }

    async fn renew(
        &self,
        tenant: &TenantId,
        id: RequestId,
        token: LeaseToken,
        until: OffsetDateTime,
        usage: &Usage,
    ) -> Result<(), PortError> {
        let usage = to_attribute_value(usage).map_err(|error| PortError::broken(TABLE, error))?;
        let attention = second(attention_to_lease(until));
        let update = self.client.update_item().table_name(&self.table);
        let sent = update
            .set_key(Some(key(tenant, id)))
            .update_expression(
                "SET lease_until = :until, attention_at = :attention, #usage = :usage",
            )
            .condition_expression("lease_token = :token")
            .expression_attribute_names("#usage", "usage")
            .expression_attribute_values(":usage", usage)
            .expression_attribute_values(":until", moment(until)?)
            .expression_attribute_values(":attention", number(&attention))
            .expression_attribute_values(":token", text(&token))
            .send()
            .await;
        sent.map(drop).map_err(|error| port_error(TABLE, error))
    }
}

/// The SDK repeats a write whose answer was lost. Where the first try had gone through, the
/// repetition meets its own item: that is success, not a conflict.
fn ours_already(
    written: &Item,
    error: SdkError<PutItemError, HttpResponse>,
) -> Result<(), PortError> {
    match error.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(failed))
            if failed.item() == Some(written) =>
        {
            Ok(())
        }
        _ => Err(port_error(TABLE, error)),
    }
}

/// A task as the table holds it.
pub(super) fn item_of(task: &Task) -> Result<Item, PortError> {
    TaskItem::of(task).into_item()
}

fn key(tenant: &TenantId, id: RequestId) -> Item {
    Item::from([
        ("tenant".into(), text(tenant)),
        ("request_id".into(), text(&id)),
    ])
}

fn moment(at: OffsetDateTime) -> Result<AttributeValue, PortError> {
    let text = at.format(&Rfc3339);
    text.map(AttributeValue::S)
        .map_err(|error| PortError::broken(TABLE, error))
}
