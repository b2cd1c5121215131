//! Rows of the stores as a file: CSV, JSON lines or Parquet, of any size in bounded memory.
//!
//! ```text
//! RowSource ──batches of rows──> Encoder ──bytes──> PartWriter ──parts──> FileStore
//! ```
//!
//! A batch is read only when the one before has been written, and bytes are taken only while few
//! parts travel: what is in memory at once does not depend on how many rows there are.

mod encode;
mod format;
mod input;
mod open_uploads;
mod part_writer;
mod reading;
mod report;
#[cfg(test)]
pub(crate) mod scene;
mod task_rows;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use domain::export::{self, ExportResult};
use domain::kind::{FieldError, Kind, TaskContext};
use domain::ports::{FileStore, NewFile, ResultStore, RowSource, TaskIndex, TaskStore};
use domain::{Failure, causes};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use self::encode::{EncodeError, Encoder, encoder};
use self::part_writer::PartWriter;
use self::reading::Reading;
use crate::stored;

pub use format::{Compression, Format};
pub use input::ExportInput;
pub use open_uploads::OpenUploads;

/// What exports need from the outside.
#[derive(Clone)]
pub struct ExportNeeds {
    /// Gives events and log lines.
    pub events: Arc<dyn RowSource>,
    /// Gives users and sessions.
    pub activity: Arc<dyn RowSource>,
    /// Lists tasks.
    pub index: Arc<dyn TaskIndex>,
    /// Where the tasks are whose reports are exported.
    pub tasks: Arc<dyn TaskStore>,
    /// Where the large ones among those reports are.
    pub results: Arc<dyn ResultStore>,
    /// Where files go.
    pub files: Arc<dyn FileStore>,
    /// Counts what is on its way there.
    pub uploads: OpenUploads,
}

/// Exports rows as a file.
pub struct Export {
    needs: ExportNeeds,
}

impl Export {
    /// Exports what these ports give.
    pub fn new(needs: ExportNeeds) -> Self {
        Self { needs }
    }
}

#[async_trait]
impl Kind for Export {
    const NAME: &'static str = export::KIND;
    const TITLE: &'static str = "Export";
    const SUMMARY: &'static str = "Writes users, sessions, events, logs, tasks or a report to a file: \
                                   CSV, JSON Lines or Parquet.";
    type Input = ExportInput;
    const COST_DRIVERS: &'static str = "Rows and the file's size: the worker's time grows with the \
        rows, S3 requests are one for each part of the file and two or so beside them. While it \
        runs, up to four progress updates a second cost DynamoDB writes, SQS requests and WebSocket \
        messages.";

    fn check(input: &ExportInput) -> Result<(), Vec<FieldError>> {
        input.check()
    }

    /// The file's name and what is in it. Whoever shows the result adds a link to the file.
    async fn run(&self, context: &TaskContext, input: ExportInput) -> Result<Value, Failure> {
        let mut reading = self.needs.open(context, &input).await?;
        let names: Vec<_> = reading.columns.iter().map(|c| c.name.clone()).collect();
        let compression = input.compression();
        let name = format::file_name(input.source, input.format, compression, context.started_at);
        let file = NewFile {
            tenant: context.tenant.clone(),
            request_id: context.request_id,
            name: name.clone(),
            media_type: format::media_type(input.format, compression),
        };
        let columns = &reading.columns;
        let encoder = encoder(input.format, compression, columns, input.escape_formulas);
        let encoder = encoder.map_err(|error| unwritable(&error))?;
        let (files, uploads) = (self.needs.files.clone(), &self.needs.uploads);
        let mut writer = PartWriter::start(files, uploads, file).await?;
        let rows = match write(context, &mut reading, encoder, &mut writer).await {
            Ok(rows) => rows,
            Err(failure) => {
                writer.abandon().await;
                return Err(failure);
            }
        };
        let bytes = writer.finish().await?;
        Ok(json!({
            ExportResult::FILE_NAME: name,
            "rows": rows,
            "bytes": bytes,
            "source": input.source.name(),
            "format": input.format,
            "compression": compression,
            "columns": names,
            "from": input.from.and_then(text),
            "to": input.to.and_then(text),
        }))
    }
}

/// Writes all rows, and gives their number.
async fn write(
    context: &TaskContext,
    reading: &mut Reading,
    mut encoder: Box<dyn Encoder>,
    writer: &mut PartWriter,
) -> Result<u64, Failure> {
    let mut written = 0_u64;
    report(context, written, reading.total);
    loop {
        let batch = reading.rows.next().await;
        let batch = batch.map_err(|error| stored::failure(&error))?;
        if batch.is_empty() {
            break;
        }
        written += u64::try_from(batch.len()).unwrap_or_default();
        let taken = encoder.write(batch, &mut writer.buffer);
        taken.map_err(|error| unwritable(&error))?;
        writer.send_full_parts().await?;
        report(context, written, reading.total);
    }
    let finished = encoder.finish(&mut writer.buffer);
    finished.map_err(|error| unwritable(&error))?;
    Ok(written)
}

/// The last hundredth is the file's end. Where nobody knows how many rows there are, only their
/// number grows.
fn report(context: &TaskContext, written: u64, total: Option<u64>) {
    match total {
        Some(total) => {
            let share = written.saturating_mul(99) / total.max(written).max(1);
            let percent = u8::try_from(share).unwrap_or(99);
            context.report(percent, format!("{written} of {total} rows"));
        }
        None => context.report(0, format!("{written} rows")),
    }
}

fn unwritable(error: &EncodeError) -> Failure {
    tracing::error!(error = causes(error), "rows were not written");
    let message =
        "The rows cannot be written in this format: a defect of ours. It has been logged.";
    Failure::permanent("export_unwritable", message)
}

fn text(moment: OffsetDateTime) -> Option<String> {
    moment.format(&Rfc3339).ok()
}
