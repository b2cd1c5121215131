use aws::dynamo::Tickets;
use testkit::build;
use testkit::contract::ticket_store;

use crate::place::local;

#[tokio::test]
async fn tickets_are_a_ticket_store() {
    let place = local().await;
    let test = async |table: String| {
        ticket_store::all(&Tickets::new(&place.sdk, table), &build::tenant()).await;
    };
    place.with_table(&["digest"], test).await;
}
