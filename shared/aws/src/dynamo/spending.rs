//! What is spent on models. Two items in the lanes table for each task: `tenant`, `slot`
//! (`spend#<request_id>`, `spend#<day>`), `spent` (billionths of a dollar, what is set aside
//! included), `expires_at`, `v`.
//!
//! Both are written in one transaction. The SDK gives each a token, so that one whose answer was
//! lost is not counted twice.

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use domain::Usd;
use domain::model::{Reservation, Reserved, SpendLimits};
use domain::ports::{PortError, Spending};
use time::{Duration, OffsetDateTime};

use super::contention::settled;
use super::expiry::second;
use super::{LAYOUT, number, text};
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const TABLE: &str = "lanes table";

/// How long amounts are kept: as long as a task can be retried.
const KEPT: Duration = Duration::days(30);

/// How a transaction says that a condition did not hold.
const FAILED: &str = "ConditionalCheckFailed";

/// Counts spending in a table with the keys `tenant` and `slot`.
#[derive(Debug, Clone)]
pub struct SpendTable {
    client: Lazy<Client>,
    table: String,
}

impl SpendTable {
    /// Counts spending in this table.
    pub fn new(sdk: &Sdk, table: impl Into<String>) -> Self {
        Self {
            client: sdk.dynamodb(),
            table: table.into(),
        }
    }

    /// The items of a task and a day, in this order.
    fn updates(&self, reservation: &Reservation) -> [UpdateBuilder; 2] {
        let slots = [reservation.task.to_string(), reservation.day.to_string()];
        slots.map(|slot| {
            let update = Update::builder().table_name(&self.table);
            update
                .key("tenant", text(&reservation.tenant))
                .key("slot", text(&format!("spend#{slot}")))
        })
    }
}

#[async_trait]
impl Spending for SpendTable {
    async fn reserve(
        &self,
        reservation: &Reservation,
        limits: SpendLimits,
        now: OffsetDateTime,
    ) -> Result<Reserved, PortError> {
        let amount = reservation.amount;
        if amount > limits.task {
            return Ok(Reserved::TaskLimit);
        }
        if amount > limits.tenant {
            return Ok(Reserved::TenantLimit);
        }
        let limits = [limits.task, limits.tenant];
        let updates = self.updates(reservation).into_iter().zip(limits);
        let items = updates.map(|(update, limit)| {
            let set = "SET spent = if_not_exists(spent, :none) + :amount, expires_at = :expiry, v = :layout";
            let update = update
                .update_expression(set)
                .condition_expression("attribute_not_exists(spent) OR spent <= :room")
                .expression_attribute_values(":none", number(&0))
                .expression_attribute_values(":amount", number(&amount.nanos()))
                .expression_attribute_values(":room", number(&limit.less(amount).nanos()))
                .expression_attribute_values(":expiry", number(&second(now + KEPT)))
                .expression_attribute_values(":layout", number(&LAYOUT));
            transacted(update)
        });
        let items: Vec<_> = items.collect::<Result<_, _>>()?;
        let write = || {
            let write = self.client.transact_write_items();
            write.set_transact_items(Some(items.clone())).send()
        };
        let Err(error) = settled(write).await else {
            return Ok(Reserved::Granted);
        };
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                let reasons = cancelled.cancellation_reasons().iter();
                let failed: Vec<_> = reasons
                    .map(|reason| reason.code() == Some(FAILED))
                    .collect();
                match failed[..] {
                    [true, ..] => Ok(Reserved::TaskLimit),
                    [_, true, ..] => Ok(Reserved::TenantLimit),
                    _ => Err(port_error(TABLE, error)),
                }
            }
            _ => Err(port_error(TABLE, error)),
        }
    }

    async fn settle(&self, reservation: &Reservation, spent: Usd) -> Result<(), PortError> {
        let change = i128::from(spent.nanos()) - i128::from(reservation.amount.nanos());
        let items = self.updates(reservation).map(|update| {
            let update = update
                .update_expression("ADD spent :change")
                .expression_attribute_values(":change", number(&change));
            transacted(update)
        });
        let items: Vec<_> = items.into_iter().collect::<Result<_, _>>()?;
        let write = || {
            let write = self.client.transact_write_items();
            write.set_transact_items(Some(items.clone())).send()
        };
        let settled = settled(write).await;
        settled.map(drop).map_err(|error| port_error(TABLE, error))
    }
}

fn transacted(update: UpdateBuilder) -> Result<TransactWriteItem, PortError> {
    let update = update
        .build()
        .map_err(|error| PortError::broken(TABLE, error))?;
    Ok(TransactWriteItem::builder().update(update).build())
}
