//! Writes of many items.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, WriteRequest};
use domain::ports::PortError;

use super::{CONTENDED, Item};
use crate::error::port_error;

/// Most items in one `BatchWriteItem`
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>).
const MOST_IN_BATCH: usize = 25;

/// A throttled table did not take all writes.
#[derive(Debug, thiserror::Error)]
#[error("{0} writes were left over after {rounds} rounds", rounds = CONTENDED.attempts)]
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
    write_all(client, table, what, &requests).await
}

/// Stores the items, over whatever is there. No two may have the same key.
pub(crate) async fn put_all(
    client: &Client,
    table: &str,
    what: &'static str,
    items: impl IntoIterator<Item = Item>,
) -> Result<(), PortError> {
    let requests: Result<Vec<_>, _> = items.into_iter().map(put_request).collect();
    let requests = requests.map_err(|error| PortError::broken(what, error))?;
    write_all(client, table, what, &requests).await
}

async fn write_all(
    client: &Client,
    table: &str,
    what: &'static str,
    requests: &[WriteRequest],
) -> Result<(), PortError> {
    for batch in requests.chunks(MOST_IN_BATCH) {
        write(client, table, what, batch.to_vec()).await?;
    }
    Ok(())
}

fn put_request(item: Item) -> Result<WriteRequest, aws_smithy_types::error::operation::BuildError> {
    let put = PutRequest::builder().set_item(Some(item)).build()?;
    Ok(WriteRequest::builder().put_request(put).build())
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
