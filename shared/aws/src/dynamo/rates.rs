//! Submission rates. One item per tenant in the lanes table: `tenant`, `slot` (`rate`), `paid_until`
//! (microseconds since 1970), `expires_at`, `v`.
//!
//! A submission after a pause, which most are, is one conditional update, and so is a refusal.
//! Submissions in quick succession take a second one, because an expression cannot choose the
//! larger of two moments.

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::TenantId;
use domain::ports::{PortError, RateLimit};
use domain::rate::{Granted, Rate};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use super::expiry::second;
use super::{Item, LAYOUT, layout, number, text};
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const TABLE: &str = "lanes table";

/// Rounds of the two updates. A further one is needed only where the meter crosses the clock, or
/// others use up the room, between them.
const ROUNDS: u32 = 4;

/// A meter in the past says nothing; it is kept this long so that most updates find it.
const KEPT: Duration = Duration::DAY;

/// Others kept moving the meter.
#[derive(Debug, thiserror::Error)]
#[error("the submissions were not counted in {ROUNDS} rounds")]
struct Contended;

/// Counts submissions in a table with the keys `tenant` and `slot`.
#[derive(Debug, Clone)]
pub struct Rates {
    client: Lazy<Client>,
    table: String,
}

#[derive(Deserialize)]
struct RateItem {
    /// Microseconds since 1970.
    paid_until: i64,
}

/// What an update came to.
enum Meter {
    /// It was moved to here.
    Moved(OffsetDateTime),
    /// It was not moved and shows this.
    Shows(OffsetDateTime),
}

/// One call.
#[derive(Clone, Copy)]
struct Asked<'a> {
    tenant: &'a TenantId,
    now: OffsetDateTime,
    rate: Rate,
}

impl Rates {
    /// Counts submissions in this table.
    pub fn new(sdk: &Sdk, table: impl Into<String>) -> Self {
        Self {
            client: sdk.dynamodb(),
            table: table.into(),
        }
    }

    /// Moves a meter that does not show more than the clock.
    async fn after_a_pause(&self, asked: Asked<'_>, count: u32) -> Result<Meter, PortError> {
        let next = asked.now + asked.rate.cost(count);
        let update = self
            .meter(asked)
            .update_expression("SET paid_until = :next, expires_at = :expiry, v = :layout")
            .condition_expression("attribute_not_exists(paid_until) OR paid_until <= :now")
            .expression_attribute_values(":next", number(&microsecond(next)))
            .expression_attribute_values(":layout", number(&LAYOUT));
        send(update).await
    }

    /// Moves a meter that shows more than the clock, and has room for this many.
    async fn in_succession(&self, asked: Asked<'_>, count: u32) -> Result<Meter, PortError> {
        let cost = asked.rate.cost(count);
        let room = asked.now + asked.rate.allowance() - cost;
        let update = self
            .meter(asked)
            .update_expression("SET paid_until = paid_until + :cost, expires_at = :expiry")
            .condition_expression("paid_until > :now AND paid_until <= :room")
            .expression_attribute_values(":cost", number(&cost.whole_microseconds()))
            .expression_attribute_values(":room", number(&microsecond(room)));
        send(update).await
    }

    fn meter(&self, asked: Asked<'_>) -> UpdateItemFluentBuilder {
        let kept_until = asked.now + asked.rate.allowance() + KEPT;
        let update = self.client.update_item().table_name(&self.table);
        update
            .key("tenant", text(asked.tenant))
            .key("slot", text("rate"))
            .expression_attribute_values(":now", number(&microsecond(asked.now)))
            .expression_attribute_values(":expiry", number(&second(kept_until)))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

#[async_trait]
impl RateLimit for Rates {
    async fn take(
        &self,
        tenant: &TenantId,
        wanted: u32,
        now: OffsetDateTime,
        rate: Rate,
    ) -> Result<Granted, PortError> {
        let asked = Asked { tenant, now, rate };
        for _ in 0..ROUNDS {
            let (fresh, _) = rate.take(None, now, wanted);
            let shown = match self.after_a_pause(asked, fresh.count).await? {
                Meter::Moved(until) => return Ok(rate.granted(fresh.count, until, now)),
                Meter::Shows(shown) => shown,
            };
            let (granted, _) = rate.take(Some(shown), now, wanted);
            if granted.count == 0 {
                return Ok(granted);
            }
            if let Meter::Moved(until) = self.in_succession(asked, granted.count).await? {
                return Ok(rate.granted(granted.count, until, now));
            }
        }
        Err(PortError::unavailable(TABLE, Contended))
    }
}

/// The SDK repeats an update whose answer was lost; then submissions count twice, which a burst
/// outlives.
async fn send(update: UpdateItemFluentBuilder) -> Result<Meter, PortError> {
    let error = match update.send().await {
        Ok(output) => return moment(output.attributes.unwrap_or_default()).map(Meter::Moved),
        Err(error) => error,
    };
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
            moment(failed.item().cloned().unwrap_or_default()).map(Meter::Shows)
        }
        _ => Err(port_error(TABLE, error)),
    }
}

fn microsecond(moment: OffsetDateTime) -> i64 {
    let since = moment - OffsetDateTime::UNIX_EPOCH;
    i64::try_from(since.whole_microseconds()).unwrap_or(i64::MAX)
}

fn moment(item: Item) -> Result<OffsetDateTime, PortError> {
    let item: RateItem = layout::read(item, TABLE)?;
    OffsetDateTime::UNIX_EPOCH
        .checked_add(Duration::microseconds(item.paid_until))
        .ok_or_else(|| PortError::broken(TABLE, "paid_until is out of range"))
}

#[cfg(test)]
mod formats {
    use testkit::build::NOW;

    use super::*;
    use crate::dynamo::recorded::readable;

    #[test]
    fn a_rate_is_read_as_recorded() {
        readable("rate", &NOW, moment);
    }
}
