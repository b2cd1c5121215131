//! Lists of a tenant's tasks, newest first.

use async_trait::async_trait;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use domain::ports::{PortError, TaskIndex, TaskPage, TaskQuery};
use domain::{RequestId, Task};

use super::item::TaskItem;
use super::{TABLE, Tasks};
use crate::dynamo::expiry::second;
use crate::dynamo::{Item, number, text};
use crate::error::port_error;

/// Most `DynamoDB` pages (1 MB each, before the filter) that one call reads after a first look. A rare match may lie
/// further back: the cursor then goes on from there.
const MOST_PAGES: usize = 8;

/// Items that a first read with a filter looks at for each that is missing, and at the least. A page of what
/// most tasks are is found in them, at a tenth of what a whole `DynamoDB` page costs.
const LOOKED_AT: usize = 4;
const LEAST_LOOKED_AT: usize = 100;

#[async_trait]
impl TaskIndex for Tasks {
    /// Reads are consistent: a page that first lists and then listens must not show a state older
    /// than the updates it has missed.
    async fn list(&self, query: &TaskQuery) -> Result<TaskPage, PortError> {
        if is_empty(query) {
            return Ok(page(Vec::new(), query.limit, None));
        }
        let mut found = Vec::new();
        let mut before = query.before;
        for read in 0..=MOST_PAGES {
            let missing = query.limit.saturating_sub(found.len()).saturating_add(1);
            let output = self.read(query, before, most(query, missing, read)).await?;
            before = cursor(&output)?;
            for item in output.items.unwrap_or_default() {
                found.push(listed(item)?);
            }
            if found.len() > query.limit || before.is_none() {
                break;
            }
        }
        Ok(page(found, query.limit, before))
    }
}

impl Tasks {
    async fn read(
        &self,
        query: &TaskQuery,
        before: Option<RequestId>,
        most: Option<usize>,
    ) -> Result<QueryOutput, PortError> {
        let call = self.client.query().table_name(&self.table);
        let call = call.scan_index_forward(false).consistent_read(true);
        let call = call.set_limit(most.and_then(|most| i32::try_from(most).ok()));
        let call = narrow(call, query, before);
        let call = project(filter(call, query, second(self.clock.now())));
        call.send().await.map_err(|error| port_error(TABLE, error))
    }
}

/// How many items a read looks at, where so many are missing; nothing for a whole page of `DynamoDB`'s. Missing is one more
/// than asked for, which tells whether there are more.
fn most(query: &TaskQuery, missing: usize, read: usize) -> Option<usize> {
    let filtered = query.status.is_some() || query.kind.is_some() || query.tag.is_some();
    match (filtered, read) {
        (false, _) => Some(missing),
        (true, 0) => Some(missing.saturating_mul(LOOKED_AT).max(LEAST_LOOKED_AT)),
        (true, _) => None,
    }
}

/// Of the tenant, since then and before that.
fn narrow(
    call: QueryFluentBuilder,
    query: &TaskQuery,
    before: Option<RequestId>,
) -> QueryFluentBuilder {
    let call = call.expression_attribute_values(":tenant", text(&query.tenant));
    let call = match query.since {
        Some(since) => call.expression_attribute_values(":since", text(&since)),
        None => call,
    };
    // A sort key takes one condition, and between includes both ends.
    let last = before.map(|before| before.predecessor().unwrap_or(before));
    let (condition, last) = match (query.since, last) {
        (None, None) => ("tenant = :tenant", None),
        (None, last) => ("tenant = :tenant AND request_id <= :last", last),
        (Some(_), None) => ("tenant = :tenant AND request_id >= :since", None),
        (Some(_), last) => (
            "tenant = :tenant AND request_id BETWEEN :since AND :last",
            last,
        ),
    };
    let call = call.key_condition_expression(condition);
    match last {
        Some(last) => call.expression_attribute_values(":last", text(&last)),
        None => call,
    }
}

/// A range that ends before it begins, which `DynamoDB` refuses.
fn is_empty(query: &TaskQuery) -> bool {
    match (query.since, query.before) {
        (Some(since), Some(before)) => before <= since,
        _ => false,
    }
}

fn filter(mut call: QueryFluentBuilder, query: &TaskQuery, now: i64) -> QueryFluentBuilder {
    let mut conditions = vec!["expires_at > :now"];
    call = call.expression_attribute_values(":now", number(&now));
    if let Some(status) = query.status {
        conditions.push("#status = :status");
        call = call.expression_attribute_values(":status", text(status.name()));
    }
    if let Some(kind) = &query.kind {
        conditions.push("#kind = :kind");
        call = call.expression_attribute_values(":kind", text(kind));
    }
    if let Some(tag) = &query.tag {
        conditions.push("contains(#tags, :tag)");
        call = call.expression_attribute_values(":tag", text(tag));
    }
    call.filter_expression(conditions.join(" AND "))
}

/// Names every attribute by an alias, since some are words of `DynamoDB`'s language.
fn project(mut call: QueryFluentBuilder) -> QueryFluentBuilder {
    let attributes = TaskItem::LISTED.map(|name| format!("#{name}"));
    for (alias, name) in attributes.iter().zip(TaskItem::LISTED) {
        call = call.expression_attribute_names(alias, name);
    }
    call.projection_expression(attributes.join(", "))
}

fn listed(item: Item) -> Result<Task, PortError> {
    TaskItem::from_item(item)?.into_task()
}

fn cursor(output: &QueryOutput) -> Result<Option<RequestId>, PortError> {
    let last = output.last_evaluated_key();
    let id = last.and_then(|key| key.get("request_id")?.as_s().ok());
    id.map(|id| id.parse())
        .transpose()
        .map_err(|error: domain::ids::InvalidId| PortError::broken(TABLE, error))
}

/// Cuts what was read to the limit. `before` is where reading stopped, none at the end.
fn page(mut found: Vec<Task>, limit: usize, before: Option<RequestId>) -> TaskPage {
    let next = if found.len() > limit {
        found.truncate(limit);
        found.last().map(|task| task.request_id)
    } else {
        before
    };
    TaskPage { items: found, next }
}
