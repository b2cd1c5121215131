//! Lanes, in a table with the keys `tenant` and `slot`.
//!
//! | item | `slot` | holds |
//! |---|---|---|
//! | lane | `lane` | `members` and `delayed` (sets of ids; absent when empty), `due_shard`, `due_at` |
//! | waiting task | `wait#<rank>#<id>` | `request_id`, `priority`, `created_at`, `run_at` (where it waits for its time), `expires_at` |
//! | submission rate | `rate` | see `rates` |
//!
//! All also hold `v`. A lane's item is written with every task that enters or leaves, so a tenant
//! has some 200 tasks a second with 50 places (the item has 2 KB then, and a partition takes 1,000
//! units of 1 KB a second); half as many while as many messages are delayed. The other tenants' are in
//! other partitions.

mod places;
mod room;
mod watch;

use aws_sdk_dynamodb::Client;

use super::due::DueIndex;
use crate::Sdk;
use crate::lazy::Lazy;

const TABLE: &str = "lanes table";

/// The slot of a lane.
const LANE: &str = "lane";

/// Lanes that are in use, by the second at which they are looked at.
const INDEX: DueIndex = DueIndex {
    name: "by-due",
    shard: "due_shard",
    shards: 4,
    at: "due_at",
};

/// Keeps lanes and who waits.
#[derive(Debug, Clone)]
pub struct LaneTable {
    client: Lazy<Client>,
    table: String,
}

impl LaneTable {
    /// Keeps them in this table.
    pub fn new(sdk: &Sdk, table: impl Into<String>) -> Self {
        Self {
            client: sdk.dynamodb(),
            table: table.into(),
        }
    }
}
