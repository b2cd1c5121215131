//! Messages to everybody who is connected.
//!
//! Connections are spread over a fixed number of shards by their id. A broadcast is one [`Part`] per
//! shard, and each part is pushed by itself: the time that it takes grows with the connections of
//! one shard, not with all of them.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::Trace;
use crate::ids::{ConnectionId, InvalidId, TenantId};

/// Shards of the connections. The pusher's event source runs ten invocations at once (`template.yaml`):
/// eight leave two of them to the updates of tasks. They also keep the 500 connections a second that
/// API Gateway opens far below the 1,000 writes that a partition of `DynamoDB` takes.
///
/// It may be raised at any time: connections that were registered under fewer shards are found under
/// these. Lowered, the connections of the shards left out hear no broadcast until they reconnect.
pub const SHARDS: u16 = 8;

/// Largest message, in bytes of JSON. With its envelope it stays within the 32 KB that API Gateway
/// meters as one frame, and all shards' messages within the 256 KB that every SQS API took.
pub const MOST_MESSAGE: usize = 24 * 1024;

/// Longest reason to reconnect, in bytes.
pub const LONGEST_REASON: usize = 200;

/// Clients need this long at least to spread out, and a deploy is over after an hour.
pub const RECONNECT_WITHIN: std::ops::RangeInclusive<Duration> = Duration::SECOND..=Duration::HOUR;

/// A part of all connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard(u16);

impl Shard {
    /// Every shard.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        (0..SHARDS).map(Self)
    }

    /// The shard of a connection, by the FNV-1a hash of its id: the same in every release.
    pub fn of(id: &ConnectionId) -> Self {
        let hash = id.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        // The low bits of the product depend on the low bits of the bytes only.
        let mixed = (hash >> 16) ^ hash;
        let shard = mixed % u32::from(SHARDS);
        Self(u16::try_from(shard).unwrap_or_default())
    }

    /// The shard of that number. A number past [`SHARDS`] is one of a release with more of them.
    pub fn numbered(number: u16) -> Self {
        Self(number)
    }

    /// Its number, from 0.
    pub fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Shard {
    /// The stable key under which the shard's connections are stored.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "all#{}", self.0)
    }
}

/// A broadcast's name. Whoever gets one twice knows it by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BroadcastId(Uuid);

impl BroadcastId {
    /// Takes a UUID that the injected entropy made.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl FromStr for BroadcastId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = |_| InvalidId {
            what: "broadcast id",
            problem: "is not a UUID",
        };
        Uuid::try_parse(text).map(Self).map_err(invalid)
    }
}

impl fmt::Display for BroadcastId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}

/// What everybody is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// Any JSON, for people or programs.
    Message(Value),
    /// To open a new connection, then close this one: a deploy ends it soon.
    Reconnect {
        /// Why, for people.
        reason: String,
        /// Each client picks a moment of its own within this time.
        within: Duration,
    },
}

/// One message on its way to everybody.
#[derive(Debug, Clone, PartialEq)]
pub struct Broadcast {
    /// Its name.
    pub id: BroadcastId,
    /// What it says.
    pub notice: Notice,
    /// The one tenant whose connections get it; none for all.
    pub tenant: Option<TenantId>,
    /// When it was taken on: whoever was connected by then gets it.
    pub at: OffsetDateTime,
    /// The trace of the call that sent it.
    pub trace: Option<Trace>,
}

/// A share of a broadcast's work.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The broadcast.
    pub broadcast: Broadcast,
    /// Who gets it.
    pub to: Addressees,
}

/// The connections of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressees {
    /// Those of a shard.
    Shard {
        /// The shard.
        shard: Shard,
        /// Only those that are listed after this one: earlier ones have it already.
        after: Option<ConnectionId>,
    },
    /// These, which took nothing when it was their turn.
    Named {
        /// Who.
        ids: Vec<ConnectionId>,
        /// How often they have been tried.
        round: u32,
    },
}

impl Broadcast {
    /// The parts that reach everybody, one for each shard.
    pub fn parts(&self) -> Vec<Part> {
        let part = |shard| Part {
            broadcast: self.clone(),
            to: Addressees::Shard { shard, after: None },
        };
        Shard::all().map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn id(text: &str) -> ConnectionId {
        ConnectionId::new(text).unwrap()
    }

    /// A changed hash would leave the rows of open connections where nobody looks.
    #[test]
    fn a_connection_keeps_its_shard_through_releases() {
        let shards = ["JxA1bcQ_IAMCJ-w=", "a", "conn-0001"].map(|text| Shard::of(&id(text)));
        assert_eq!(shards.map(Shard::number), KNOWN);
    }

    const KNOWN: [u16; 3] = [4, 0, 3];

    #[test]
    fn counters_and_random_ids_spread_evenly() {
        let counted: Vec<_> = (0..8_000).map(|n| format!("conn-{n:06}=")).collect();
        let random = (0..8_000_u128).map(|n| {
            let uuid = Uuid::from_u128(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
            uuid.simple().to_string()
        });
        for ids in [counted, random.collect()] {
            let mut sizes = BTreeMap::new();
            for text in ids {
                *sizes.entry(Shard::of(&id(&text))).or_insert(0) += 1;
            }
            assert_eq!(sizes.len(), usize::from(SHARDS));
            assert!(
                sizes.values().all(|size| (850..1_150).contains(size)),
                "{sizes:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn every_connection_is_in_exactly_one_part(text in "[A-Za-z0-9_=-]{1,40}") {
            let broadcast = Broadcast {
                id: BroadcastId::new(Uuid::nil()),
                notice: Notice::Message(Value::Null),
                tenant: None,
                at: OffsetDateTime::UNIX_EPOCH,
                trace: None,
            };
            let home = Shard::of(&id(&text));
            let parts = broadcast.parts();
            let its = parts.iter().filter(|part| {
                matches!(part.to, Addressees::Shard { shard, after: None } if shard == home)
            });
            prop_assert_eq!(its.count(), 1);
        }
    }
}
