//! A tenant's tasks as rows, newest first, by the pages of their list.

use std::sync::Arc;

use async_trait::async_trait;
use domain::export::{Cell, Column, Row, RowQuery};
use domain::ports::{PortError, RowStream, TaskIndex, TaskQuery};
use domain::task::Priority;
use domain::{RequestId, Task, TenantId};
use serde_json::Value;
use time::Duration;

/// Tasks of a page.
const PAGE: usize = 100;

/// Reads page after page.
pub(super) struct TaskRows {
    index: Arc<dyn TaskIndex>,
    pages: Option<TaskQuery>,
    query: RowQuery,
}

impl TaskRows {
    /// The tasks of a tenant that were submitted in the query's range.
    pub(super) fn new(index: Arc<dyn TaskIndex>, tenant: &TenantId, query: RowQuery) -> Self {
        // Names know milliseconds: the first and the last of them are looked at one by one.
        let after_last = query.to.map(|to| to.saturating_add(Duration::MILLISECOND));
        let pages = TaskQuery {
            tenant: tenant.clone(),
            status: None,
            kind: None,
            tag: None,
            since: query.from.map(RequestId::first_at),
            before: after_last.map(RequestId::first_at),
            limit: PAGE,
        };
        Self {
            index,
            pages: Some(pages),
            query,
        }
    }
}

#[async_trait]
impl RowStream for TaskRows {
    async fn next(&mut self) -> Result<Vec<Row>, PortError> {
        while let Some(pages) = &mut self.pages {
            let page = self.index.list(pages).await?;
            match page.next {
                Some(next) => pages.before = Some(next),
                None => self.pages = None,
            }
            let tasks = page.items.iter();
            let tasks = tasks.filter(|task| self.query.covers(Some(task.created_at)));
            let rows: Vec<_> = tasks.map(|task| row(task, &self.query.columns)).collect();
            if !rows.is_empty() {
                return Ok(rows);
            }
        }
        Ok(vec![])
    }
}

fn row(task: &Task, columns: &[Column]) -> Row {
    columns
        .iter()
        .map(|column| cell(task, &column.name))
        .collect()
}

fn cell(task: &Task, column: &str) -> Cell {
    let failure = task.state.failure();
    match column {
        "request_id" => Cell::Text(task.request_id.to_string()),
        "kind" => Cell::Text(task.kind.clone()),
        "status" => Cell::Text(task.status().name().into()),
        "phase" => Cell::text(task.phase().map(domain::task::Phase::name)),
        "version" => Cell::Integer(task.version.try_into().unwrap_or(i64::MAX)),
        "attempt" => Cell::Integer(task.attempt.into()),
        "priority" => Cell::Text(priority(task.terms.priority).into()),
        "owner" => Cell::Text(task.owner.to_string()),
        "tags" => Cell::Json(Value::from(task.tags.clone()).to_string()),
        "created_at" => Cell::Moment(task.created_at),
        "started_at" => Cell::moment(task.started_at),
        "finished_at" => Cell::moment(task.finished_at),
        "updated_at" => Cell::Moment(task.updated_at),
        "error_code" => Cell::text(failure.map(|failure| failure.code.clone())),
        "error_message" => Cell::text(failure.map(|failure| failure.message.clone())),
        _ => Cell::None,
    }
}

fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Normal => "normal",
        Priority::High => "high",
    }
}
