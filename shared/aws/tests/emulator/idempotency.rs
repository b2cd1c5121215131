use aws::dynamo::IdempotencyKeys;
use testkit::build::NOW;

use crate::place::local;

#[tokio::test]
async fn keys_are_an_idempotency_store() {
    let place = local().await;
    let test = async |table: String| {
        let keys = IdempotencyKeys::new(&place.sdk, table);
        idempotency::contract::check(&keys, "acme/broadcast", NOW.into()).await;
    };
    place.with_table(&["key"], test).await;
}
