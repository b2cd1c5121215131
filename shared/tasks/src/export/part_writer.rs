//! A file on its way to the store: bytes in, parts out.
//!
//! At any time there is at most one part that fills and [`IN_FLIGHT`] that travel: whoever writes
//! faster than the store takes waits. However it ends, nothing is left behind: an upload that is
//! not finished is aborted, also when its writer is dropped, as a cancelled task's is.

use std::sync::Arc;

use domain::Failure;
use domain::ledger::carried;
use domain::ports::{FileStore, FileUpload, MOST_PARTS, NewFile, PortError, StoredPart};
use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinSet};

use super::open_uploads::{Entered, OpenUploads};
use crate::stored;

/// The size of a part, in bytes. S3 takes 5 MiB and more, and 10,000 of them: a file may have 78
/// GiB (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>).
pub(super) const PART: usize = 8 * 1024 * 1024;

/// Parts that travel at the same time.
const IN_FLIGHT: usize = 2;

/// Writes a file.
pub(super) struct PartWriter {
    files: Arc<dyn FileStore>,
    open: Option<(FileUpload, Entered)>,
    /// What has been written and is not a part yet.
    pub(super) buffer: Vec<u8>,
    travelling: JoinSet<Result<StoredPart, PortError>>,
    stored: Vec<StoredPart>,
    parts: u16,
    bytes: u64,
}

impl PartWriter {
    /// Starts a file. Where the caller goes away meanwhile, the start still comes to its end, so
    /// that what it has begun is known and can be aborted.
    pub(super) async fn start(
        files: Arc<dyn FileStore>,
        uploads: &OpenUploads,
        file: NewFile,
    ) -> Result<Self, Failure> {
        let entered = uploads.enter();
        let starting = async move {
            let upload = files.start(&file).await?;
            Ok(Self {
                files,
                open: Some((upload, entered)),
                buffer: Vec::new(),
                travelling: JoinSet::new(),
                stored: Vec::new(),
                parts: 0,
                bytes: 0,
            })
        };
        let starting = tokio::spawn(carried(starting));
        let started: Result<_, PortError> = starting.await.map_err(broke_off)?;
        started.map_err(|error| stored::failure(&error))
    }

    /// Sends the full parts of the buffer off, and waits while too many travel.
    pub(super) async fn send_full_parts(&mut self) -> Result<(), Failure> {
        while self.buffer.len() >= PART {
            let rest = self.buffer.split_off(PART);
            let part = std::mem::replace(&mut self.buffer, rest);
            self.send(part).await?;
        }
        Ok(())
    }

    /// Makes all that was written the file, and gives its size in bytes.
    pub(super) async fn finish(mut self) -> Result<u64, Failure> {
        self.send_full_parts().await?;
        if !self.buffer.is_empty() || self.parts == 0 {
            let last = std::mem::take(&mut self.buffer);
            self.send(last).await?;
        }
        while self.arrival().await? {}
        self.stored.sort_by_key(|part| part.number);
        if let Some((upload, _)) = &self.open {
            let finished = self.files.finish(upload, &self.stored).await;
            finished.map_err(|error| stored::failure(&error))?;
        }
        self.open = None;
        Ok(self.bytes)
    }

    /// Gives the file up, and waits until nothing of it is left.
    pub(super) async fn abandon(mut self) {
        let travelling = std::mem::take(&mut self.travelling);
        if let Some((upload, entered)) = self.open.take() {
            abort(self.files.clone(), travelling, upload, entered).await;
        }
    }

    async fn send(&mut self, part: Vec<u8>) -> Result<(), Failure> {
        while self.travelling.len() >= IN_FLIGHT {
            self.arrival().await?;
        }
        if self.parts == MOST_PARTS {
            let message = "The file would be larger than 78 GiB. Export several ranges instead, \
                           or compress it.";
            return Err(Failure::permanent("export_too_large", message));
        }
        self.parts += 1;
        self.bytes += u64::try_from(part.len()).unwrap_or(u64::MAX);
        if let Some((upload, _)) = &self.open {
            let (files, upload, number) = (self.files.clone(), upload.clone(), self.parts);
            let put = async move { files.put(&upload, number, part).await };
            self.travelling.spawn(carried(put));
        }
        Ok(())
    }

    /// Waits for a part to arrive; false where none travels.
    async fn arrival(&mut self) -> Result<bool, Failure> {
        let Some(arrived) = self.travelling.join_next().await else {
            return Ok(false);
        };
        let part = arrived.map_err(broke_off)?;
        self.stored
            .push(part.map_err(|error| stored::failure(&error))?);
        Ok(true)
    }
}

impl Drop for PartWriter {
    fn drop(&mut self) {
        let travelling = std::mem::take(&mut self.travelling);
        if let (Some((upload, entered)), Ok(runtime)) = (self.open.take(), Handle::try_current()) {
            runtime.spawn(carried(abort(
                self.files.clone(),
                travelling,
                upload,
                entered,
            )));
        }
    }
}

/// What fails here is found by the task's next attempt, and after a day by the bucket's own rule.
async fn abort(
    files: Arc<dyn FileStore>,
    mut travelling: JoinSet<Result<StoredPart, PortError>>,
    upload: FileUpload,
    entered: Entered,
) {
    travelling.shutdown().await;
    if let Err(error) = files.abort(&upload).await {
        tracing::warn!(error = domain::causes(&error), "an upload was not aborted");
    }
    drop(entered);
}

fn broke_off(_: JoinError) -> Failure {
    Failure::transient("worker_lost", "The worker is shutting down.")
}
