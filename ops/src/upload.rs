//! Events on their way to the API: packed into batches by one thread, sent by a few requests at once.
//!
//! What is in memory is bounded: one batch being packed, one waiting, and one for each request.

use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use domain::event::MOST_IN_BATCH;
use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::{mpsc, oneshot};

use crate::api::{Api, ApiError};
use crate::import::ImportError;
use crate::import::record::Problem;
use crate::report::Report;

/// Longest batch, in bytes. The API takes 5 MiB, but its function is handed the body as a quoted text
/// in an event of at most 6 MB, and every quote inside grows by a byte.
const LONGEST_BATCH: usize = 3 * 1024 * 1024;

const START: &[u8] = br#"{"events":["#;
const END: &[u8] = b"]}";

/// Where an event came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file.
    pub file: Arc<str>,
    /// The number of its line, from 1.
    pub line: u64,
}

/// Up to 1,000 events.
#[derive(Debug, Default)]
struct Batch {
    origins: Vec<Origin>,
    body: Vec<u8>,
}

/// Packs events into batches.
#[derive(Debug)]
pub struct Packer {
    batch: Batch,
    out: mpsc::Sender<Batch>,
    report: Arc<Report>,
}

/// Nobody sends the batches any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped")]
pub struct Stopped;

/// Why an upload is not complete.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The API did not take a batch.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// A file could not be read to its end.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The refused lines could not be told.
    #[error("the refused lines cannot be written")]
    Report(#[from] std::io::Error),
    /// A defect of ours.
    #[error("the reader stopped unexpectedly")]
    Reader,
}

impl Packer {
    /// Puts an event (as JSON) into the batch, or tells why it is none.
    pub fn put(
        &mut self,
        origin: Origin,
        event: Result<Vec<u8>, Problem>,
    ) -> Result<(), ImportError> {
        self.report.read();
        match event {
            Err(problem) => {
                let told = self.report.refused(&origin, &problem);
                told.map_err(|cause| ImportError::Unreadable {
                    file: "the list of refused lines".into(),
                    cause,
                })
            }
            Ok(event) => {
                if !self.batch.takes(&event) {
                    self.send()?;
                }
                self.batch.push(origin, &event);
                Ok(())
            }
        }
    }

    fn send(&mut self) -> Result<(), Stopped> {
        let batch = std::mem::take(&mut self.batch);
        self.out.blocking_send(batch).map_err(|_| Stopped)
    }

    fn end(mut self) -> Result<(), Stopped> {
        if self.batch.origins.is_empty() {
            return Ok(());
        }
        self.send()
    }
}

impl Batch {
    fn takes(&self, event: &[u8]) -> bool {
        let length = self.body.len() + 1 + event.len() + END.len();
        self.origins.len() < MOST_IN_BATCH && length <= LONGEST_BATCH
    }

    fn push(&mut self, origin: Origin, event: &[u8]) {
        let separator = if self.origins.is_empty() { START } else { b"," };
        self.body.extend_from_slice(separator);
        self.body.extend_from_slice(event);
        self.origins.push(origin);
    }

    fn body(&mut self) -> Bytes {
        self.body.extend_from_slice(END);
        std::mem::take(&mut self.body).into()
    }
}

/// Sends what `produce` packs, with so many requests at once. What was sent before a failure stays.
pub async fn run(
    api: &Api,
    report: &Arc<Report>,
    requests: usize,
    produce: impl FnOnce(&mut Packer) -> Result<(), ImportError> + Send + 'static,
) -> Result<(), UploadError> {
    let (out, batches) = mpsc::channel(1);
    let mut packer = Packer {
        batch: Batch::default(),
        out,
        report: Arc::clone(report),
    };
    // A thread of its own, since it may wait for an input that goes on when nobody can send any more; nothing
    // waits for it then.
    let (end, ended) = oneshot::channel();
    thread::spawn(move || {
        // What was read before a failure is worth sending.
        let read = produce(&mut packer);
        let read = packer.end().map_err(ImportError::from).and(read);
        // Nobody waits for it where sending has failed.
        let _ = end.send(read);
    });
    let batches = stream::unfold(batches, async |mut batches| {
        batches.recv().await.map(|batch| (batch, batches))
    });
    let take_in = |batch| send(api, report, batch);
    let batches = batches.map(Ok);
    batches.try_for_each_concurrent(requests, take_in).await?;
    Ok(ended.await.map_err(|_| UploadError::Reader)??)
}

async fn send(api: &Api, report: &Report, mut batch: Batch) -> Result<(), UploadError> {
    let outcome = api.take_in(batch.body()).await?;
    report.sent(outcome.accepted, outcome.duplicates);
    for error in outcome.errors {
        if let Some(origin) = batch.origins.get(error.index) {
            report.refused(origin, &Problem::new(error.code, error.message))?;
        }
    }
    Ok(())
}
