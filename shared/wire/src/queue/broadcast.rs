//! The message that asks the pusher to push a part of a broadcast.

use domain::broadcast::{Addressees, Broadcast, Notice, Part, Shard};
use domain::{ConnectionId, TenantId};
use protocol::queue::{
    Ask, BroadcastMessage, QueuedAddressees, QueuedBroadcast, QueuedNotice, VERSION,
};

use super::{Unreadable, check_version, read_trace};
use crate::part::{milliseconds, read_milliseconds};

/// The message that asks for the part to be pushed.
pub fn broadcast_message(part: &Part) -> BroadcastMessage {
    let Broadcast {
        id,
        notice,
        tenant,
        at,
        trace,
    } = &part.broadcast;
    BroadcastMessage {
        v: VERSION,
        ask: Ask::Broadcast,
        broadcast: QueuedBroadcast {
            id: id.to_string(),
            tenant: tenant.as_ref().map(ToString::to_string),
            at: *at,
            notice: queued(notice),
        },
        to: addressees(&part.to),
        trace: trace.map(String::from),
    }
}

/// What a message asks to be pushed.
pub(super) fn part(message: BroadcastMessage) -> Result<Part, Unreadable> {
    check_version(u64::from(message.v))?;
    let QueuedBroadcast {
        id,
        tenant,
        at,
        notice,
    } = message.broadcast;
    let broadcast = Broadcast {
        id: id.parse()?,
        notice: read_notice(notice),
        tenant: tenant.map(TenantId::new).transpose()?,
        at,
        trace: read_trace(message.trace.as_deref()),
    };
    let to = read_addressees(message.to)?;
    Ok(Part { broadcast, to })
}

fn queued(notice: &Notice) -> QueuedNotice {
    match notice.clone() {
        Notice::Message(message) => QueuedNotice::Message { message },
        Notice::Reconnect { reason, within } => QueuedNotice::Reconnect {
            reason,
            within_ms: milliseconds(within),
        },
    }
}

fn read_notice(notice: QueuedNotice) -> Notice {
    match notice {
        QueuedNotice::Message { message } => Notice::Message(message),
        QueuedNotice::Reconnect { reason, within_ms } => Notice::Reconnect {
            reason,
            within: read_milliseconds(within_ms),
        },
    }
}

fn addressees(to: &Addressees) -> QueuedAddressees {
    match to {
        Addressees::Shard { shard, after } => QueuedAddressees::Shard {
            number: shard.number(),
            after: after.as_ref().map(ToString::to_string),
        },
        Addressees::Named { ids, round } => QueuedAddressees::Named {
            ids: ids.iter().map(ToString::to_string).collect(),
            round: *round,
        },
    }
}

fn read_addressees(to: QueuedAddressees) -> Result<Addressees, Unreadable> {
    Ok(match to {
        QueuedAddressees::Shard { number, after } => Addressees::Shard {
            shard: Shard::numbered(number),
            after: after.map(ConnectionId::new).transpose()?,
        },
        QueuedAddressees::Named { ids, round } => {
            let ids: Result<_, _> = ids.into_iter().map(ConnectionId::new).collect();
            Addressees::Named { ids: ids?, round }
        }
    })
}

#[cfg(test)]
mod tests {
    use domain::Trace;
    use domain::broadcast::{BroadcastId, SHARDS};
    use proptest::collection::vec;
    use proptest::option::of;
    use proptest::prelude::*;
    use serde_json::json;
    use testkit::ambient::Counting;
    use time::{Duration, OffsetDateTime};
    use uuid::Uuid;

    use super::super::{Request, read_request};
    use super::*;

    fn any_id() -> impl Strategy<Value = ConnectionId> {
        "[A-Za-z0-9_=-]{1,40}".prop_map(|text| ConnectionId::new(text).unwrap())
    }

    fn any_notice() -> impl Strategy<Value = Notice> {
        let text = ".*".prop_map(|text| Notice::Message(json!(text)));
        let object = (".*", any::<i64>()).prop_map(|(k, n)| Notice::Message(json!({ k: n })));
        let reconnect = (".*", 0..u32::MAX).prop_map(|(reason, ms)| Notice::Reconnect {
            reason,
            within: Duration::milliseconds(i64::from(ms)),
        });
        prop_oneof![text, object, reconnect]
    }

    fn any_addressees() -> impl Strategy<Value = Addressees> {
        let shard = (0..SHARDS * 2, of(any_id())).prop_map(|(number, after)| Addressees::Shard {
            shard: Shard::numbered(number),
            after,
        });
        let named = (vec(any_id(), 0..9), any::<u32>());
        prop_oneof![
            shard,
            named.prop_map(|(ids, round)| Addressees::Named { ids, round }),
        ]
    }

    prop_compose! {
        fn any_part()(
            id in any::<u128>(),
            tenant in of("[a-z0-9-]{1,20}"),
            seconds in 0..4_000_000_000_i64,
            notice in any_notice(),
            to in any_addressees(),
            traced in any::<bool>(),
        ) -> Part {
            let broadcast = Broadcast {
                id: BroadcastId::new(Uuid::from_u128(id)),
                notice,
                tenant: tenant.map(|tenant| TenantId::new(tenant).unwrap()),
                at: OffsetDateTime::from_unix_timestamp(seconds).unwrap(),
                trace: traced.then(|| Trace::begin(&Counting::default())),
            };
            Part { broadcast, to }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(part in any_part()) {
            let body = serde_json::to_string(&broadcast_message(&part)).unwrap();
            prop_assert_eq!(read_request(&body).unwrap(), Request::Broadcast(Box::new(part)));
        }
    }

    #[test]
    fn names_are_checked() {
        let message = |tenant: &str, id: &str| {
            json!({
                "v": 1, "ask": "broadcast",
                "broadcast": {
                    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "tenant": tenant,
                    "at": "2026-03-01T12:00:00Z", "notice": {"kind": "message", "message": 1},
                },
                "to": {"named": {"ids": [id], "round": 1}},
            })
            .to_string()
        };
        assert!(read_request(&message("acme", "a=")).is_ok());
        for (tenant, id) in [("a#b", "a="), ("acme", "a b")] {
            let read = read_request(&message(tenant, id));
            assert!(matches!(read, Err(Unreadable::InvalidId(_))), "{read:?}");
        }
    }
}
