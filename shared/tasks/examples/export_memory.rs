//! What an export takes in memory, however many rows it has.
//!
//! `cargo run --release -p tasks --example export_memory -- FORMAT COMPRESSION ROWS` exports rows that
//! are made up as they are read into a store that forgets them, and writes one line of JSON with the
//! largest resident size of the process above what it had before. It fails above 128 MB.

#![expect(clippy::print_stdout, reason = "a program for the command line")]

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use domain::export::{Cell, ColumnKind, MOST_ROWS_AT_ONCE, Row, RowQuery};
use domain::kind::{ProgressSink, Runner, TaskContext};
use domain::ports::{FileStore, FileUpload, NewFile, PortError, RowSource, RowStream, StoredPart};
use domain::task::Progress;
use domain::{RequestId, TenantId};
use serde_json::json;
use tasks::{Export, ExportNeeds, OpenUploads};
use testkit::build::NOW;
use testkit::memory::{MemoryResults, MemoryTasks};

/// What the requirement allows, in bytes above the base.
const LIMIT: u64 = 128 * 1024 * 1024;

/// How long the store takes for a part: about what S3 does from a function.
const LATENCY: Duration = Duration::from_millis(80);

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [format, compression, rows] = &arguments[..] else {
        return Err("usage: export_memory FORMAT COMPRESSION ROWS".into());
    };
    let export = Export::new(needs(rows.parse()?));
    let export: &dyn Runner = &export;
    let input = json!({"source": "events", "format": format, "compression": compression});
    let base = resident("VmRSS:");
    let started = Instant::now();
    let result = export.run(&context()?, &input).await?;
    let seconds = started.elapsed().as_secs_f64();
    let above = resident("VmHWM:")
        .zip(base)
        .map(|(peak, base)| peak.saturating_sub(base));
    let figures = json!({"row": format!("{format}, {compression}"), "rows": result["rows"],
        "bytes": result["bytes"], "seconds": seconds, "base_bytes": base, "above_base_bytes": above});
    println!("{figures}");
    let within = above.is_none_or(|above| above < LIMIT);
    Ok(if within {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn needs(rows: u64) -> ExportNeeds {
    let source = Arc::new(MadeUp { rows });
    let tasks = Arc::new(MemoryTasks::default());
    ExportNeeds {
        events: source.clone(),
        activity: source,
        index: tasks.clone(),
        tasks,
        results: Arc::new(MemoryResults::default()),
        files: Arc::new(Forgetful),
        uploads: OpenUploads::default(),
    }
}

fn context() -> Result<TaskContext, Box<dyn Error>> {
    Ok(TaskContext {
        request_id: "01890a5d-ac96-774b-bcce-b302099a8057".parse::<RequestId>()?,
        tenant: TenantId::new("acme")?,
        started_at: NOW,
        progress: Arc::new(Silent),
    })
}

/// Of this process, in bytes; none where the system does not tell.
fn resident(what: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(what))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

struct Silent;

impl ProgressSink for Silent {
    fn report(&self, _: Progress) {}
}

/// Rows like those of an access log, each different from the others.
struct MadeUp {
    rows: u64,
}

struct Rest {
    at: u64,
    end: u64,
    query: RowQuery,
}

#[async_trait]
impl RowSource for MadeUp {
    async fn rows(&self, _: &TenantId, query: &RowQuery) -> Result<Box<dyn RowStream>, PortError> {
        Ok(Box::new(Rest {
            at: 0,
            end: self.rows,
            query: query.clone(),
        }))
    }

    async fn count(&self, _: &TenantId, _: &RowQuery) -> Result<Option<u64>, PortError> {
        Ok(Some(self.rows))
    }
}

#[async_trait]
impl RowStream for Rest {
    async fn next(&mut self) -> Result<Vec<Row>, PortError> {
        let end = self.end.min(self.at + MOST_ROWS_AT_ONCE as u64);
        let rows = (self.at..end).map(|n| row(n, &self.query)).collect();
        self.at = end;
        Ok(rows)
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "made-up numbers"
)]
fn row(n: u64, query: &RowQuery) -> Row {
    let scattered = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let cell = |(name, kind): (&str, ColumnKind)| match (name, kind) {
        ("level" | "message" | "session_id" | "action", _) => Cell::None,
        (_, ColumnKind::Text) => Cell::Text(format!("/{name}/{:016x}/{}", scattered, n % 1_000)),
        (_, ColumnKind::Json) => Cell::Json(format!("{{\"region\":\"eu\",\"trace\":{scattered}}}")),
        (_, ColumnKind::Integer) => Cell::Integer((scattered >> 40) as i64),
        (_, ColumnKind::Double) => Cell::Double((scattered >> 44) as f64 / 1_000.0),
        (_, ColumnKind::Boolean) => Cell::Boolean(n.is_multiple_of(2)),
        (_, ColumnKind::Moment) => Cell::Moment(NOW + time::Duration::milliseconds(n as i64)),
    };
    let columns = query.columns.iter();
    columns
        .map(|column| cell((&column.name, column.kind)))
        .collect()
}

/// Takes parts as slowly as a real store does, and forgets them.
struct Forgetful;

#[async_trait]
impl FileStore for Forgetful {
    async fn start(&self, file: &NewFile) -> Result<FileUpload, PortError> {
        Ok(FileUpload {
            key: file.name.clone(),
            id: "1".into(),
        })
    }

    async fn put(
        &self,
        _: &FileUpload,
        number: u16,
        bytes: Vec<u8>,
    ) -> Result<StoredPart, PortError> {
        tokio::time::sleep(LATENCY).await;
        let tag = bytes.len().to_string();
        Ok(StoredPart { number, tag })
    }

    async fn finish(&self, _: &FileUpload, _: &[StoredPart]) -> Result<(), PortError> {
        Ok(())
    }

    async fn abort(&self, _: &FileUpload) -> Result<(), PortError> {
        Ok(())
    }
}
