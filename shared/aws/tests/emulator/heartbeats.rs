use std::sync::Arc;

use aws::dynamo::Heartbeats;
use testkit::ambient::FixedClock;
use testkit::build::NOW;
use testkit::contract::pool_heartbeats::{self, Kept};

use crate::place::local;

#[tokio::test]
async fn heartbeats_are_pool_heartbeats() {
    let place = local().await;
    let clock = Arc::new(FixedClock::at(NOW));
    let test = async |table: String| {
        let kept = Kept {
            heartbeats: &Heartbeats::new(&place.sdk, table, clock.clone()),
            clock: &clock,
        };
        pool_heartbeats::all(kept).await;
    };
    place.with_table(&["fleet", "id"], test).await;
}
