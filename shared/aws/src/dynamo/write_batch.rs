//! Deletes of many items.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};
use domain::ports::PortError;

use super::Item;
use crate::error::port_error;

/// Most items in one `BatchWriteItem`
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>).
const MOST_IN_BATCH: usize = 25;

/// Rounds in which what `DynamoDB` left over is sent again, after waits that double.
const ROUNDS: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(20);

/// A throttled table did not take all deletes.
#[derive(Debug, thiserror::Error)]
#[error("{0} deletes were left over after {ROUNDS} rounds")]
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
    let mut wait = FIRST_WAIT;
    for _ in 0..ROUNDS {
        let items = HashMap::from([(table.to_owned(), requests)]);
        let call = client.batch_write_item().set_request_items(Some(items));
        let output = call.send().await.map_err(|error| port_error(what, error))?;
        let left_over = output.unprocessed_items.unwrap_or_default();
        requests = left_over.into_values().flatten().collect();
        if requests.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    Err(PortError::unavailable(what, LeftOver(requests.len())))
}
