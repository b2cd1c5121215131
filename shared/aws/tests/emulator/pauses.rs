use std::sync::Arc;

use aws::dynamo::PauseTable;
use testkit::ambient::FixedClock;
use testkit::build::NOW;
use testkit::contract::pauses::{self, Kept};

use crate::place::local;

#[tokio::test]
async fn a_table_keeps_pauses() {
    let place = local().await;
    let clock = Arc::new(FixedClock::at(NOW));
    let test = async |table: String| {
        let kept = Kept {
            pauses: &PauseTable::new(&place.sdk, table, clock.clone()),
            clock: &clock,
        };
        pauses::all(kept).await;
    };
    place.with_table(&["scope", "id"], test).await;
}
