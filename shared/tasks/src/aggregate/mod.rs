//! Counts, errors, users and response times over the stored requests.

mod input;
mod previous;

use std::sync::Arc;

use async_trait::async_trait;
use domain::Failure;
use domain::aggregate::{AggregateQuery, AggregateRow};
use domain::kind::{FieldError, Kind, TaskContext};
use domain::ports::Aggregation;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use self::input::Compare;
use crate::stored;

pub use input::AggregateInput;

/// Aggregates requests by service, path, status, user or time.
pub struct Aggregate {
    aggregation: Arc<dyn Aggregation>,
}

impl Aggregate {
    async fn rows(
        &self,
        context: &TaskContext,
        query: &AggregateQuery,
    ) -> Result<Vec<AggregateRow>, Failure> {
        let rows = self.aggregation.aggregate(&context.tenant, query).await;
        rows.map_err(|error| stored::failure(&error))
    }

    /// Aggregates inside the store behind the port.
    pub fn new(aggregation: Arc<dyn Aggregation>) -> Self {
        Self { aggregation }
    }
}

#[async_trait]
impl Kind for Aggregate {
    const NAME: &'static str = "aggregate";
    const TITLE: &'static str = "Aggregate";
    const SUMMARY: &'static str = "Counts requests and measures their response times, by service, route, user, time and more.";
    type Input = AggregateInput;
    const COST_DRIVERS: &'static str = "The worker's time while the database reads the requests of \
        the range: it grows with their number, and doubles where the period before is compared. A \
        result over 32 KB adds one S3 request.";

    fn check(input: &AggregateInput) -> Result<(), Vec<FieldError>> {
        input.check()
    }

    fn report_title(input: &AggregateInput) -> Option<String> {
        Some(input.title())
    }

    /// The rows, and the range that they cover: null where it has no end.
    async fn run(&self, context: &TaskContext, input: AggregateInput) -> Result<Value, Failure> {
        let compare = input.compare;
        let query = input.query(context.started_at);
        context.report(10, "reading requests");
        let rows = self.rows(context, &query).await?;
        let whole = rows.len() < query.limit;
        let before =
            compare.and_then(|Compare::Previous| previous::period(&query, context.started_at));
        let rows = match before {
            None => json!(rows),
            Some(before) => {
                context.report(50, "reading the period before");
                previous::beside(rows, self.rows(context, &before).await?)
            }
        };
        context.report(90, format!("{} rows", rows.as_array().map_or(0, Vec::len)));
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
