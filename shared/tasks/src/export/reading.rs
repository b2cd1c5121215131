//! Where the rows of an export come from.

use domain::Failure;
use domain::export::{Column, Source};
use domain::kind::TaskContext;
use domain::ports::{RowSource, RowStream};

use super::input::{ExportInput, chosen, one_of};
use super::report::Reports;
use super::task_rows::TaskRows;
use super::{ExportNeeds, stored};

/// Rows that are to be written.
pub(super) struct Reading {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Box<dyn RowStream>,
    /// How many there are, where that is known.
    pub(super) total: Option<u64>,
}

impl ExportNeeds {
    /// Starts to read what the input asks for.
    pub(super) async fn open(
        &self,
        context: &TaskContext,
        input: &ExportInput,
    ) -> Result<Reading, Failure> {
        match input.source {
            Source::Events | Source::Logs => read(&*self.events, context, input).await,
            Source::Users | Source::Sessions => read(&*self.activity, context, input).await,
            Source::Tasks => Ok(self.tasks(context, input)),
            Source::Report => self.report(context, input).await,
        }
    }

    fn tasks(&self, context: &TaskContext, input: &ExportInput) -> Reading {
        let (index, query) = (self.index.clone(), input.query());
        Reading {
            columns: query.columns.clone(),
            rows: Box::new(TaskRows::new(index, &context.tenant, query)),
            total: None,
        }
    }

    async fn report(&self, context: &TaskContext, input: &ExportInput) -> Result<Reading, Failure> {
        let Some(id) = input.report else {
            let message = "report: name the aggregate task whose rows to export";
            return Err(Failure::permanent("invalid_input", message));
        };
        let reports = Reports {
            tasks: self.tasks.clone(),
            results: self.results.clone(),
        };
        let report = reports.read(&context.tenant, id).await?;
        let asked = input.columns.as_deref();
        let columns = chosen(report.columns.clone(), asked);
        // An empty report has no columns, and so has them all.
        if report.count() > 0 && asked.is_some_and(|asked| asked.len() != columns.len()) {
            let message = format!("columns: each {}", one_of(&report.columns));
            return Err(Failure::permanent("invalid_input", message));
        }
        Ok(Reading {
            total: u64::try_from(report.count()).ok(),
            rows: report.stream(columns.clone()),
            columns,
        })
    }
}

async fn read(
    source: &dyn RowSource,
    context: &TaskContext,
    input: &ExportInput,
) -> Result<Reading, Failure> {
    let query = input.query();
    let total = source.count(&context.tenant, &query).await;
    let total = total.map_err(|error| stored::failure(&error))?;
    let rows = source.rows(&context.tenant, &query).await;
    let rows = rows.map_err(|error| stored::failure(&error))?;
    Ok(Reading {
        columns: query.columns,
        rows,
        total,
    })
}
