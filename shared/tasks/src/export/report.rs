//! The rows of an `aggregate` task's result. Such a result is bounded, and so is read whole; what
//! its columns hold shows in its rows.

use std::sync::Arc;

use async_trait::async_trait;
use domain::export::{Cell, Column, ColumnKind, MOST_ROWS_AT_ONCE, Row};
use domain::kind::Kind as _;
use domain::ports::{PortError, ResultStore, RowStream, TaskStore};
use domain::{Failure, RequestId, Status, Task, TaskResult, TenantId};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::aggregate::Aggregate;
use crate::stored;

/// A report: its columns and its rows.
pub(super) struct Report {
    pub(super) columns: Vec<Column>,
    rows: Vec<Map<String, Value>>,
}

/// Where reports are.
#[derive(Clone)]
pub(super) struct Reports {
    pub(super) tasks: Arc<dyn TaskStore>,
    pub(super) results: Arc<dyn ResultStore>,
}

impl Reports {
    /// The report that a task of this tenant has made.
    pub(super) async fn read(&self, tenant: &TenantId, id: RequestId) -> Result<Report, Failure> {
        let task = self
            .tasks
            .load(tenant, id)
            .await
            .map_err(|e| stored::failure(&e))?;
        let Some(task) = task.filter(|task| task.kind == Aggregate::NAME) else {
            return Err(Failure::permanent(
                "report_not_found",
                format!("There is no aggregate task {id}, or not any more."),
            ));
        };
        let mut result = match task.state.result() {
            Some(TaskResult::Inline { value }) => value.clone(),
            Some(TaskResult::Stored { key, .. }) => {
                let stored = self
                    .results
                    .get(key)
                    .await
                    .map_err(|e| stored::failure(&e))?;
                stored.ok_or_else(|| gone(id))?
            }
            None => return Err(not_ready(&task)),
        };
        let rows = serde_json::from_value(result["rows"].take()).map_err(|_| gone(id))?;
        Ok(Report::new(&task.input, rows))
    }
}

fn gone(id: RequestId) -> Failure {
    let message = format!("The result of the task {id} is no longer there. Run it again.");
    Failure::permanent("report_not_found", message)
}

fn not_ready(task: &Task) -> Failure {
    let (id, status) = (task.request_id, task.status());
    let message = format!("The task {id} has no rows: it is {}.", status.name());
    if status == Status::Processing {
        Failure::transient("report_not_ready", message)
    } else {
        Failure::permanent("report_not_ready", message)
    }
}

impl Report {
    /// The groups come first, in the order in which the task was asked for them, then the count,
    /// then all else by name.
    pub(super) fn new(input: &Value, rows: Vec<Map<String, Value>>) -> Self {
        let asked = input["group_by"].as_array().cloned().unwrap_or_default();
        let asked: Vec<_> = asked.iter().filter_map(Value::as_str).collect();
        let mut names: Vec<&String> = rows.iter().flat_map(Map::keys).collect();
        let place = |name: &str| {
            let group = asked.iter().position(|group| *group == name);
            group.unwrap_or(asked.len() + usize::from(name != "count"))
        };
        names.sort_by_key(|name| (place(name), *name));
        names.dedup();
        let kind = |name: &String| kind_of(rows.iter().filter_map(|row| row.get(name)));
        let columns = names.iter().map(|name| Column::new(*name, kind(name)));
        Self {
            columns: columns.collect(),
            rows,
        }
    }

    /// How many rows it has.
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// Its rows, in these columns of its own.
    pub(super) fn stream(self, columns: Vec<Column>) -> Box<dyn RowStream> {
        Box::new(ReportRows {
            rows: self.rows.into_iter(),
            columns,
        })
    }
}

struct ReportRows {
    rows: std::vec::IntoIter<Map<String, Value>>,
    columns: Vec<Column>,
}

#[async_trait]
impl RowStream for ReportRows {
    async fn next(&mut self) -> Result<Vec<Row>, PortError> {
        let columns = &self.columns;
        let rows = self.rows.by_ref().take(MOST_ROWS_AT_ONCE);
        let row = |mut row: Map<String, Value>| {
            let cells = columns.iter();
            cells
                .map(|column| cell(row.remove(&column.name).unwrap_or_default(), column.kind))
                .collect()
        };
        Ok(rows.map(row).collect())
    }
}

/// The narrowest kind that all values of a column have.
fn kind_of<'a>(values: impl Iterator<Item = &'a Value> + Clone) -> ColumnKind {
    let values = values.filter(|value| !value.is_null());
    let all = |test: fn(&Value) -> bool| values.clone().all(test);
    if values.clone().next().is_none() {
        ColumnKind::Text
    } else if all(Value::is_i64) {
        ColumnKind::Integer
    } else if all(Value::is_number) {
        ColumnKind::Double
    } else if all(Value::is_boolean) {
        ColumnKind::Boolean
    } else if all(|value| moment(value).is_some()) {
        ColumnKind::Moment
    } else if all(Value::is_string) {
        ColumnKind::Text
    } else {
        ColumnKind::Json
    }
}

fn moment(value: &Value) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(value.as_str()?, &Rfc3339).ok()
}

fn cell(value: Value, kind: ColumnKind) -> Cell {
    match (kind, value) {
        (_, Value::Null) => Cell::None,
        (ColumnKind::Text, Value::String(text)) => Cell::Text(text),
        (ColumnKind::Integer, value) => value.as_i64().map_or(Cell::None, Cell::Integer),
        (ColumnKind::Double, value) => value.as_f64().map_or(Cell::None, Cell::Double),
        (ColumnKind::Boolean, value) => value.as_bool().map_or(Cell::None, Cell::Boolean),
        (ColumnKind::Moment, value) => Cell::moment(moment(&value)),
        (ColumnKind::Text | ColumnKind::Json, value) => Cell::Json(value.to_string()),
    }
}
