//! Deletes of many items.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};
use domain::ports::PortError;

use super::{CONTENDED, Item};
use crate::error::port_error;

/// Most items in one `BatchWriteItem`
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>).
const MOST_IN_BATCH: usize = 25;

/// A throttled table did not take all deletes.
#[derive(Debug, thiserror::Error)]
#[error("{0} deletes were left over after {rounds} rounds", rounds = CONTENDED.attempts)]
struct LeftOver(usize);

/// Deletes the items with these keys. Missing ones are fine.
pub(crate) async fn delete_all(
    client: &Client,
    table: &str,
    what: &'static str,
    keys: impl IntoIterator<Item = Item>,
) -> Result<(), PortError> {
    let requests: Result<Vec<_>, _> = keys.into_iter().map(delete_request).collect();
    let requests = requests.map_err(|error| PortError::broken(what, error))?;
    for batch in requests.chunks(MOST_IN_BATCH) {
        write(client, table, what, batch.to_vec()).await?;
    }
    Ok(())
}

fn delete_request(
    key: Item,
) -> Result<WriteRequest, aws_smithy_types::error::operation::BuildError> {
    let delete = DeleteRequest::builder().set_key(Some(key)).build()?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}

async fn write(
    client: &Client,
    table: &str,
    what: &'static str,
    mut requests: Vec<WriteRequest>,
) -> Result<(), PortError> {
    for round in 1..=CONTENDED.attempts {
        let items = HashMap::from([(table.to_owned(), requests)]);
        let call = client.batch_write_item().set_request_items(Some(items));
        let output = call.send().await.map_err(|error| port_error(what, error))?;
        let left_over = output.unprocessed_items.unwrap_or_default();
        requests = left_over.into_values().flatten().collect();
        if requests.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(CONTENDED.ceiling(round)).await;
    }
    Err(PortError::unavailable(what, LeftOver(requests.len())))
}
