//! Who has a place, and whose message is held back.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::lanes::first_look;
use domain::ports::{DelayedMessages, Entered, Lanes, PortError};
use domain::{RequestId, TenantId};
use time::OffsetDateTime;

use super::{INDEX, LANE, LaneTable, TABLE};
use crate::dynamo::expiry::second;
use crate::dynamo::{CONTENDED, Item, LAYOUT, layout, number, text};
use crate::error::port_error;

/// Others kept entering and leaving.
#[derive(Debug, thiserror::Error)]
#[error("the lane changed {rounds} times while a task wanted to enter", rounds = CONTENDED.attempts)]
struct Contended;

/// A set of tasks that is bounded.
#[derive(Clone, Copy)]
struct Bounded {
    name: &'static str,
    /// Puts the tasks `:ids` in.
    update: &'static str,
    /// Whether there is room for them.
    condition: &'static str,
    limit: usize,
}

impl Bounded {
    /// Who has a place; from then on it is not counted among the delayed.
    fn members(limit: u32) -> Self {
        Self {
            name: "members",
            update: "ADD members :ids DELETE delayed :ids",
            condition: "attribute_not_exists(members) OR size(members) <= :room",
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
        }
    }

    /// Whose message is held back.
    fn delayed(limit: u32) -> Self {
        Self {
            name: "delayed",
            update: "ADD delayed :ids",
            condition: "attribute_not_exists(delayed) OR size(delayed) <= :room",
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
        }
    }
}

/// What an update came to, with those who were in the set before it.
enum Outcome {
    /// All are in it.
    Entered(BTreeSet<RequestId>),
    /// There was no room for all of them.
    Refused(BTreeSet<RequestId>),
}

#[async_trait]
impl Lanes for LaneTable {
    async fn enter(
        &self,
        tenant: &TenantId,
        ids: &[RequestId],
        limit: u32,
        now: OffsetDateTime,
    ) -> Result<Vec<Entered>, PortError> {
        self.put_in(tenant, ids, Bounded::members(limit), now).await
    }

    async fn leave(&self, tenant: &TenantId, ids: &[RequestId]) -> Result<(), PortError> {
        if ids.is_empty() {
            return Ok(());
        }
        let update = self.client.update_item().table_name(&self.table);
        let sent = update
            .set_key(Some(key(tenant)))
            .update_expression("DELETE members :ids, delayed :ids")
            .condition_expression("attribute_exists(members) OR attribute_exists(delayed)")
            .expression_attribute_values(":ids", set(ids))
            .send()
            .await;
        match sent.map_err(|error| port_error(TABLE, error)) {
            // Nobody has a place.
            Ok(_) | Err(PortError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn members(&self, tenant: &TenantId) -> Result<BTreeSet<RequestId>, PortError> {
        let get = self.client.get_item().table_name(&self.table);
        let sent = get
            .set_key(Some(key(tenant)))
            .consistent_read(true)
            .send()
            .await;
        let output = sent.map_err(|error| port_error(TABLE, error))?;
        let mut members = ids_in(output.item.as_ref(), "members")?;
        members.extend(ids_in(output.item.as_ref(), "delayed")?);
        Ok(members)
    }
}

#[async_trait]
impl DelayedMessages for LaneTable {
    async fn reserve(
        &self,
        tenant: &TenantId,
        ids: &[RequestId],
        limit: u32,
        now: OffsetDateTime,
    ) -> Result<Vec<Entered>, PortError> {
        self.put_in(tenant, ids, Bounded::delayed(limit), now).await
    }

    async fn hold(&self, tenant: &TenantId, now: OffsetDateTime) -> Result<(), PortError> {
        let update = self.client.update_item().table_name(&self.table);
        let sent = update
            .set_key(Some(key(tenant)))
            .update_expression("SET v = :layout, due_at = :now, due_shard = :shard")
            .expression_attribute_values(":layout", number(&LAYOUT))
            .expression_attribute_values(":now", number(&second(now)))
            .expression_attribute_values(":shard", text(&INDEX.shard_of(tenant.as_str())))
            .send()
            .await;
        sent.map(drop).map_err(|error| port_error(TABLE, error))
    }
}

impl LaneTable {
    /// One update where there is room for all, or for a single one none; a second one where there
    /// is room for some.
    async fn put_in(
        &self,
        tenant: &TenantId,
        ids: &[RequestId],
        bounded: Bounded,
        now: OffsetDateTime,
    ) -> Result<Vec<Entered>, PortError> {
        let mut entered: BTreeMap<RequestId, Entered> = BTreeMap::new();
        let mut wanted: Vec<_> = ids.iter().copied().take(bounded.limit).collect();
        for _ in 0..CONTENDED.attempts {
            if wanted.is_empty() {
                return Ok(in_order(ids, &entered));
            }
            let before = match self.add(tenant, &wanted, bounded, now).await? {
                Outcome::Entered(before) => {
                    let new = |id: &RequestId| {
                        let known = before.contains(id);
                        let entered = if known {
                            Entered::Already
                        } else {
                            Entered::New
                        };
                        (*id, entered)
                    };
                    entered.extend(wanted.iter().map(new));
                    return Ok(in_order(ids, &entered));
                }
                Outcome::Refused(before) => before,
            };
            let known = ids.iter().filter(|id| before.contains(id));
            entered.extend(known.map(|id| (*id, Entered::Already)));
            let free = bounded.limit.saturating_sub(before.len());
            let others = ids.iter().filter(|id| !before.contains(id));
            wanted = others.copied().take(free).collect();
        }
        Err(PortError::unavailable(TABLE, Contended))
    }

    /// Adds all or none, so that there are never more than the limit.
    async fn add(
        &self,
        tenant: &TenantId,
        ids: &[RequestId],
        bounded: Bounded,
        now: OffsetDateTime,
    ) -> Result<Outcome, PortError> {
        let room = bounded.limit.saturating_sub(ids.len());
        let update = self.client.update_item().table_name(&self.table);
        let sent = update
            .set_key(Some(key(tenant)))
            .update_expression(format!(
                "{} SET v = :layout, due_at = if_not_exists(due_at, :look), \
                 due_shard = if_not_exists(due_shard, :shard)",
                bounded.update
            ))
            .condition_expression(bounded.condition)
            .expression_attribute_values(":ids", set(ids))
            .expression_attribute_values(":layout", number(&LAYOUT))
            .expression_attribute_values(":look", number(&second(first_look(now))))
            .expression_attribute_values(":shard", text(&INDEX.shard_of(tenant.as_str())))
            .expression_attribute_values(":room", number(&room))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(output) => ids_in(output.attributes.as_ref(), bounded.name).map(Outcome::Entered),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    ids_in(failed.item(), bounded.name).map(Outcome::Refused)
                }
                _ => Err(port_error(TABLE, error)),
            },
        }
    }
}

fn in_order(ids: &[RequestId], entered: &BTreeMap<RequestId, Entered>) -> Vec<Entered> {
    let outcome = |id| entered.get(id).copied().unwrap_or(Entered::Full);
    ids.iter().map(outcome).collect()
}

pub(super) fn key(tenant: &TenantId) -> Item {
    Item::from([("tenant".into(), text(tenant)), ("slot".into(), text(LANE))])
}

fn set(ids: &[RequestId]) -> AttributeValue {
    let names: BTreeSet<_> = ids.iter().map(ToString::to_string).collect();
    AttributeValue::Ss(names.into_iter().collect())
}

fn ids_in(item: Option<&Item>, set: &'static str) -> Result<BTreeSet<RequestId>, PortError> {
    item.map_or(Ok(()), |item| layout::check(item, TABLE))?;
    let names = match item.and_then(|item| item.get(set)) {
        None => return Ok(BTreeSet::new()),
        Some(AttributeValue::Ss(names)) => names,
        Some(_) => return Err(PortError::broken(TABLE, "a lane holds no set of texts")),
    };
    let ids: Result<_, _> = names.iter().map(|name| name.parse()).collect();
    ids.map_err(|error| PortError::broken(TABLE, error))
}

#[cfg(test)]
mod formats {
    use uuid::uuid;

    use super::*;
    use crate::dynamo::recorded::readable;

    #[test]
    fn a_lane_is_read_as_recorded() {
        let ids = [
            uuid!("01890a5d-ac96-774b-bcce-b302099a8057"),
            uuid!("01890a5d-ac96-774b-bcce-b302099a8058"),
        ];
        let members = BTreeSet::from(ids.map(RequestId::new));
        readable("lane", &members, |item| ids_in(Some(&item), "members"));
        let delayed =
            BTreeSet::from([uuid!("01890a5d-ac96-774b-bcce-b302099a8059")].map(RequestId::new));
        readable("lane", &delayed, |item| ids_in(Some(&item), "delayed"));
    }
}
