//! The meters of connections: `frames_until` in the self item, in milliseconds since 1970.
//!
//! A frame after a pause, which most are, is one conditional update. Frames in quick succession
//! take a second one, because an expression cannot choose the larger of two moments.

use async_trait::async_trait;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::ports::{FrameMeter, Metered, PortError};
use domain::{ConnectionId, Pace};
use time::{Duration, OffsetDateTime};

use super::connections::{Connections, SelfItem, TABLE, key, read, self_topic};
use super::contention::settled;
use super::expiry::second;
use super::{Item, number};
use crate::error::port_error;

/// Rounds of the two updates. A further one is needed only where the meter crosses the clock
/// between them.
const ROUNDS: u32 = 4;

/// The meter kept crossing the clock.
#[derive(Debug, thiserror::Error)]
#[error("the frame was not counted in {ROUNDS} rounds")]
struct Contended;

/// What a conditional update gave: the item as it is now, or as it was where the condition failed.
enum Outcome {
    Done(Item),
    Refused(Option<Item>),
}

#[async_trait]
impl FrameMeter for Connections {
    async fn count(
        &self,
        id: &ConnectionId,
        now: OffsetDateTime,
        pace: Pace,
    ) -> Result<Option<Metered>, PortError> {
        for _ in 0..ROUNDS {
            let item = match self.after_a_pause(id, now, pace).await? {
                Outcome::Done(item) => return metered(item, now, pace).map(Some),
                Outcome::Refused(Some(item)) => item,
                Outcome::Refused(None) => return Ok(None),
            };
            let before: SelfItem = read(item)?;
            if !before.is_open(now) {
                return Ok(None);
            }
            match self.in_succession(id, now, pace).await? {
                Outcome::Done(item) => return metered(item, now, pace).map(Some),
                Outcome::Refused(_)
                    if before.meter() > Some(milliseconds(now + pace.furthest())) =>
                {
                    let (verdict, _) = pace.count(before.meter().map(moment).transpose()?, now);
                    return Ok(Some(Metered {
                        connection: before.into_connection(),
                        verdict,
                    }));
                }
                Outcome::Refused(_) => {}
            }
        }
        Err(PortError::unavailable(TABLE, Contended))
    }
}

impl Connections {
    /// The meter does not show more than the clock.
    async fn after_a_pause(
        &self,
        id: &ConnectionId,
        now: OffsetDateTime,
        pace: Pace,
    ) -> Result<Outcome, PortError> {
        let update = self
            .meter(id, now)
            .update_expression("SET frames_until = :next")
            .condition_expression(
                "attribute_exists(connection_id) AND attribute_not_exists(closing) \
                 AND expires_at > :second \
                 AND (attribute_not_exists(frames_until) OR frames_until <= :now)",
            )
            .expression_attribute_values(":second", number(&second(now)))
            .expression_attribute_values(":next", number(&milliseconds(now + pace.interval())));
        send(update).await
    }

    /// The meter shows more than the clock, and not too much.
    async fn in_succession(
        &self,
        id: &ConnectionId,
        now: OffsetDateTime,
        pace: Pace,
    ) -> Result<Outcome, PortError> {
        let furthest = milliseconds(now + pace.furthest());
        let update = self
            .meter(id, now)
            .update_expression("SET frames_until = frames_until + :interval")
            .condition_expression(
                "attribute_not_exists(closing) AND frames_until > :now \
                 AND frames_until <= :furthest",
            )
            .expression_attribute_values(":furthest", number(&furthest))
            .expression_attribute_values(
                ":interval",
                number(&pace.interval().whole_milliseconds()),
            );
        send(update).await
    }

    fn meter(&self, id: &ConnectionId, now: OffsetDateTime) -> UpdateItemFluentBuilder {
        let update = self.client.update_item().table_name(&self.table);
        update
            .set_key(Some(key(&self_topic(id), id)))
            .expression_attribute_values(":now", number(&milliseconds(now)))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

async fn send(update: UpdateItemFluentBuilder) -> Result<Outcome, PortError> {
    match settled(|| update.clone().send()).await {
        Ok(output) => Ok(Outcome::Done(output.attributes.unwrap_or_default())),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                Ok(Outcome::Refused(failed.item().cloned()))
            }
            _ => Err(port_error(TABLE, error)),
        },
    }
}

/// The SDK repeats an update whose answer was lost; then a frame counts twice, which a burst
/// outlives.
fn metered(item: Item, now: OffsetDateTime, pace: Pace) -> Result<Metered, PortError> {
    let item: SelfItem = read(item)?;
    let until = moment(item.meter().unwrap_or_default())?;
    let now = moment(milliseconds(now))?;
    Ok(Metered {
        connection: item.into_connection(),
        verdict: pace.verdict(until, now),
    })
}

fn milliseconds(moment: OffsetDateTime) -> i64 {
    let since = moment - OffsetDateTime::UNIX_EPOCH;
    i64::try_from(since.whole_milliseconds()).unwrap_or(i64::MAX)
}

fn moment(milliseconds: i64) -> Result<OffsetDateTime, PortError> {
    let since = Duration::milliseconds(milliseconds);
    OffsetDateTime::UNIX_EPOCH
        .checked_add(since)
        .ok_or_else(|| PortError::broken(TABLE, "frames_until is out of range"))
}
