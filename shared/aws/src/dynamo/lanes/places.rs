//! Who has a place.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::lanes::first_look;
use domain::ports::{Entered, Lanes, PortError};
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

/// What an update came to, with those who had a place before it.
enum Outcome {
    /// All have a place.
    Entered(BTreeSet<RequestId>),
    /// There was no room for all of them.
    Refused(BTreeSet<RequestId>),
}

#[async_trait]
impl Lanes for LaneTable {
    /// One update where there is room for all, or for a single one none; a second one where there
    /// is room for some.
    async fn enter(
        &self,
        tenant: &TenantId,
        ids: &[RequestId],
        limit: u32,
        now: OffsetDateTime,
    ) -> Result<Vec<Entered>, PortError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut entered: BTreeMap<RequestId, Entered> = BTreeMap::new();
        let mut wanted: Vec<_> = ids.iter().copied().take(limit).collect();
        for _ in 0..CONTENDED.attempts {
            if wanted.is_empty() {
                return Ok(in_order(ids, &entered));
            }
            let before = match self.add(tenant, &wanted, limit, now).await? {
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
            let free = limit.saturating_sub(before.len());
            let others = ids.iter().filter(|id| !before.contains(id));
            wanted = others.copied().take(free).collect();
        }
        Err(PortError::unavailable(TABLE, Contended))
    }

    async fn leave(&self, tenant: &TenantId, ids: &[RequestId]) -> Result<(), PortError> {
        if ids.is_empty() {
            return Ok(());
        }
        let update = self.client.update_item().table_name(&self.table);
        let sent = update
            .set_key(Some(key(tenant)))
            .update_expression("DELETE members :ids")
            .condition_expression("attribute_exists(members)")
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
        members_of(output.item.as_ref())
    }
}

impl LaneTable {
    /// Adds all or none, so that there are never more members than places.
    async fn add(
        &self,
        tenant: &TenantId,
        ids: &[RequestId],
        limit: usize,
        now: OffsetDateTime,
    ) -> Result<Outcome, PortError> {
        let update = self.client.update_item().table_name(&self.table);
        let sent = update
            .set_key(Some(key(tenant)))
            .update_expression(
                "ADD members :ids SET v = :layout, due_at = if_not_exists(due_at, :look), \
                 due_shard = if_not_exists(due_shard, :shard)",
            )
            .condition_expression("attribute_not_exists(members) OR size(members) <= :room")
            .expression_attribute_values(":ids", set(ids))
            .expression_attribute_values(":layout", number(&LAYOUT))
            .expression_attribute_values(":look", number(&second(first_look(now))))
            .expression_attribute_values(":shard", text(&INDEX.shard_of(tenant.as_str())))
            .expression_attribute_values(":room", number(&limit.saturating_sub(ids.len())))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(output) => members_of(output.attributes.as_ref()).map(Outcome::Entered),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    members_of(failed.item()).map(Outcome::Refused)
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

fn members_of(item: Option<&Item>) -> Result<BTreeSet<RequestId>, PortError> {
    item.map_or(Ok(()), |item| layout::check(item, TABLE))?;
    let names = match item.and_then(|item| item.get("members")) {
        None => return Ok(BTreeSet::new()),
        Some(AttributeValue::Ss(names)) => names,
        Some(_) => return Err(PortError::broken(TABLE, "members is no set of texts")),
    };
    let members: Result<_, _> = names.iter().map(|name| name.parse()).collect();
    members.map_err(|error| PortError::broken(TABLE, error))
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
        readable("lane", &members, |item| members_of(Some(&item)));
    }
}
