//! What all tasks have used, by a scan: whoever looks at costs reads the table once, at half a unit for
//! each 4 KB of it.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::ports::{Page, PortError, Spent, SpentPage, SpentTasks};
use domain::{RequestId, TenantId, Usage};
use serde::Deserialize;
use time::OffsetDateTime;

use super::late_usage::OWN;
use super::{TABLE, Tasks};
use crate::dynamo::expiry::second;
use crate::dynamo::{Item, layout, number, text};
use crate::error::port_error;

/// Between the two keys in a cursor; no tenant's name holds it.
const BETWEEN: char = '/';

/// A task, or what was added beside it.
#[derive(Deserialize)]
struct SpentItem {
    tenant: String,
    request_id: RequestId,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    updated_at: Option<OffsetDateTime>,
    #[serde(default)]
    usage: Usage,
    #[serde(flatten)]
    later: Usage,
}

#[derive(Deserialize)]
struct Key {
    tenant: String,
    request_id: RequestId,
}

#[async_trait]
impl SpentTasks for Tasks {
    async fn page(&self, after: Option<&str>) -> Result<SpentPage, PortError> {
        let scan = self.client.scan().table_name(&self.table);
        let scan = scan
            .filter_expression("expires_at > :now")
            .expression_attribute_values(":now", number(&second(self.clock.now())))
            .set_exclusive_start_key(after.map(start).transpose()?);
        let output = scan.send().await;
        let output = output.map_err(|error| port_error(TABLE, error))?;
        let items = output.items.unwrap_or_default().into_iter();
        let items: Result<Vec<_>, _> = items.map(spent).collect();
        Ok(Page {
            items: items?,
            next: output.last_evaluated_key.map(cursor).transpose()?,
        })
    }
}

fn spent(item: Item) -> Result<Spent, PortError> {
    let item: SpentItem = read(item)?;
    let own = item.tenant.strip_suffix(OWN);
    let tenant = TenantId::new(own.unwrap_or(&item.tenant));
    Ok(Spent {
        tenant: tenant.map_err(|error| PortError::broken(TABLE, error))?,
        request_id: item.request_id,
        task: item.kind.zip(item.updated_at),
        usage: if own.is_some() {
            item.later
        } else {
            item.usage
        },
    })
}

fn start(
    cursor: &str,
) -> Result<HashMap<String, aws_sdk_dynamodb::types::AttributeValue>, PortError> {
    let (tenant, id) = cursor
        .split_once(BETWEEN)
        .ok_or_else(|| PortError::broken(TABLE, "no cursor of this table"))?;
    let keys = [
        ("tenant".into(), text(tenant)),
        ("request_id".into(), text(id)),
    ];
    Ok(keys.into())
}

fn cursor(key: Item) -> Result<String, PortError> {
    let Key { tenant, request_id } = read(key)?;
    Ok(format!("{tenant}{BETWEEN}{request_id}"))
}

fn read<T: for<'de> Deserialize<'de>>(item: Item) -> Result<T, PortError> {
    layout::read(item, TABLE)
}
