use aws::dynamo::Rates;
use testkit::build;
use testkit::contract::rate_limit;

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
