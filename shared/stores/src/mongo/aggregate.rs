//! Aggregations of requests.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use bson::{Bson, Document};
use domain::TenantId;
use domain::aggregate::{AggregateQuery, AggregateRow};
use domain::ports::{Aggregation, PortError};
use futures::TryStreamExt;
use serde_json::Value;
use tokio::time::timeout;

use super::Events;
use super::failure::Failure;
use super::pipeline::stages;

/// How long an aggregation may take, with all its rows: a worker waits for it.
const AGGREGATE: Duration = Duration::from_mins(5);

#[async_trait]
impl Aggregation for Events {
    async fn aggregate(
        &self,
        tenant: &TenantId,
        query: &AggregateQuery,
    ) -> Result<Vec<AggregateRow>, PortError> {
        if query.limit == 0 {
            return Ok(vec![]);
        }
        let rows = timeout(AGGREGATE, self.rows(tenant, query)).await;
        Ok(rows.map_err(|_| Failure::TooSlow(AGGREGATE)).flatten()?)
    }
}

impl Events {
    async fn rows(
        &self,
        tenant: &TenantId,
        query: &AggregateQuery,
    ) -> Result<Vec<AggregateRow>, Failure> {
        let mut answer = self
            .collection
            .aggregate(stages(tenant, query))
            .allow_disk_use(true)
            .max_time(AGGREGATE)
            .await?;
        let mut rows = vec![];
        while let Some(document) = answer.try_next().await? {
            rows.push(row(&document)?);
        }
        Ok(rows)
    }
}

fn row(document: &Document) -> Result<AggregateRow, Failure> {
    let number = |field| document.get_f64(field).map_err(|_| Failure::Answer(field));
    let count = counted(document, "count")?;
    Ok(AggregateRow {
        groups: groups(document)?,
        count,
        error_rate: ratio(counted(document, "errors")?, count),
        unique_users: counted(document, "users")?,
        mean: number("mean")?,
        min: number("min")?,
        max: number("max")?,
        p50: number("p50")?,
        p95: number("p95")?,
        p99: number("p99")?,
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// The groups' values: texts, status codes, or nothing where the user is not known.
fn groups(document: &Document) -> Result<BTreeMap<String, Value>, Failure> {
    let Ok(groups) = document.get_document("_id") else {
        return Ok(BTreeMap::new());
    };
    let value = |value: &Bson| match value {
        Bson::String(text) => Ok(Value::from(text.as_str())),
        Bson::Int32(number) => Ok(Value::from(*number)),
        Bson::Null => Ok(Value::Null),
        _ => Err(Failure::Answer("_id")),
    };
    let columns = groups.iter();
    columns
        .map(|(column, group)| Ok((column.clone(), value(group)?)))
        .collect()
}

/// A count of any width.
pub(super) fn counted(document: &Document, field: &'static str) -> Result<u64, Failure> {
    let count = match document.get(field) {
        Some(Bson::Int32(count)) => i64::from(*count),
        Some(Bson::Int64(count)) => *count,
        _ => return Err(Failure::Answer(field)),
    };
    u64::try_from(count).map_err(|_| Failure::Answer(field))
}
