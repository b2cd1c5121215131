use aws::dynamo::{LaneTable, Rates, SpendTable};
use testkit::build;
use testkit::contract::{lanes, rate_limit, spending};

use crate::place::local;

const KEYS: [&str; 2] = ["tenant", "slot"];

#[tokio::test]
async fn rates_are_a_rate_limit() {
    let place = local().await;
    let test = async |table: String| {
        rate_limit::all(&Rates::new(&place.sdk, table), &build::tenant()).await;
    };
    place.with_table(&KEYS, test).await;
}

#[tokio::test]
async fn spending_is_counted() {
    let place = local().await;
    let test = async |table: String| {
        spending::all(&SpendTable::new(&place.sdk, table), &build::tenant()).await;
    };
    place.with_table(&KEYS, test).await;
}

#[tokio::test]
async fn lanes_are_lanes() {
    let place = local().await;
    let index: (_, _, &[_]) = ("by-due", &["due_shard", "due_at"], &[]);
    let test = async |table: String| {
        let lanes = LaneTable::new(&place.sdk, table);
        let kept = lanes::Kept {
            lanes: &lanes,
            delayed: &lanes,
            room: &lanes,
            watch: &lanes,
        };
        lanes::all(kept, &build::tenant()).await;
    };
    place.with_indexed_table(&KEYS, index, test).await;
}
