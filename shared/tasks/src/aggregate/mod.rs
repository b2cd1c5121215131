//! Counts, means and percentiles of response times over the stored requests.

mod input;

use std::sync::Arc;

use async_trait::async_trait;
use domain::Failure;
use domain::kind::{FieldError, Kind, TaskContext};
use domain::ports::Aggregation;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::stored;

pub use input::AggregateInput;

/// Aggregates requests by service, path, status or time.
pub struct Aggregate {
    aggregation: Arc<dyn Aggregation>,
}

impl Aggregate {
    /// Aggregates inside the store behind the port.
    pub fn new(aggregation: Arc<dyn Aggregation>) -> Self {
        Self { aggregation }
    }
}

#[async_trait]
impl Kind for Aggregate {
    const NAME: &'static str = "aggregate";
    type Input = AggregateInput;

    fn check(input: &AggregateInput) -> Result<(), Vec<FieldError>> {
        input.check()
    }

    fn report_title(input: &AggregateInput) -> Option<String> {
        Some(input.title())
    }

    /// The rows, and the range that they cover: null where it has no end.
    async fn run(&self, context: &TaskContext, input: AggregateInput) -> Result<Value, Failure> {
        let query = input.query(context.started_at);
        context.report(10, "reading requests");
        let rows = self.aggregation.aggregate(&context.tenant, &query).await;
        let rows = rows.map_err(|error| stored::failure(&error))?;
        context.report(90, format!("{} rows", rows.len()));
        let whole = rows.len() < query.limit;
        Ok(json!({
            "rows": rows,
            "from": query.from.and_then(text),
            "to": query.to.and_then(text),
            "whole": whole,
        }))
    }
}

fn text(moment: OffsetDateTime) -> Option<String> {
    moment.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests;
