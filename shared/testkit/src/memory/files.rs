//! Exported files in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::export::{object_folder, object_key};
use domain::ports::{FileStore, NewFile, PortError, StoredPart, Upload};

use super::{Faults, Kept};

/// Keeps files and what is on its way to them. Calls are named `files.start`, `files.put`,
/// `files.finish`, `files.abort`.
#[derive(Debug, Default)]
pub struct MemoryFiles {
    state: Kept<State>,
    faults: Faults,
}

#[derive(Debug, Default)]
struct State {
    uploads: BTreeMap<String, Open>,
    files: BTreeMap<String, (NewFile, Vec<u8>)>,
    started: usize,
    largest: usize,
}

#[derive(Debug)]
struct Open {
    key: String,
    file: NewFile,
    parts: BTreeMap<u16, Vec<u8>>,
}

impl MemoryFiles {
    /// No files yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// A file by its key, with its content.
    pub fn file(&self, key: &str) -> Option<(NewFile, Vec<u8>)> {
        self.state.lock().files.get(key).cloned()
    }

    /// The keys of all files.
    pub fn keys(&self) -> Vec<String> {
        self.state.lock().files.keys().cloned().collect()
    }

    /// The keys of all uploads that were neither finished nor aborted.
    pub fn unfinished(&self) -> Vec<String> {
        let state = self.state.lock();
        let open = state.uploads.values();
        open.map(|upload| upload.key.clone()).collect()
    }

    /// The size of the largest part that ever came, in bytes.
    pub fn largest_part(&self) -> usize {
        self.state.lock().largest
    }
}

#[async_trait]
impl FileStore for MemoryFiles {
    async fn start(&self, file: &NewFile) -> Result<Upload, PortError> {
        let start = || {
            let mut state = self.state.lock();
            let folder = object_folder(&file.tenant, file.request_id);
            state
                .uploads
                .retain(|_, open| !open.key.starts_with(&folder));
            state.started += 1;
            let upload = Upload {
                key: object_key(&file.tenant, file.request_id, &file.name),
                id: format!("upload-{}", state.started),
            };
            let open = Open {
                key: upload.key.clone(),
                file: file.clone(),
                parts: BTreeMap::new(),
            };
            state.uploads.insert(upload.id.clone(), open);
            Ok(upload)
        };
        self.faults.around("files.start", start).await
    }

    async fn put(
        &self,
        upload: &Upload,
        number: u16,
        bytes: Vec<u8>,
    ) -> Result<StoredPart, PortError> {
        let put = || {
            let mut state = self.state.lock();
            state.largest = state.largest.max(bytes.len());
            let open = state.uploads.get_mut(&upload.id).ok_or_else(gone)?;
            open.parts.insert(number, bytes);
            let tag = format!("tag-{number}");
            Ok(StoredPart { number, tag })
        };
        self.faults.around("files.put", put).await
    }

    async fn finish(&self, upload: &Upload, parts: &[StoredPart]) -> Result<(), PortError> {
        let finish = || {
            let mut state = self.state.lock();
            let open = state.uploads.remove(&upload.id).ok_or_else(gone)?;
            let mut content = Vec::new();
            for part in parts {
                content.extend(open.parts.get(&part.number).ok_or_else(gone)?);
            }
            state.files.insert(open.key, (open.file, content));
            Ok(())
        };
        self.faults.around("files.finish", finish).await
    }

    async fn abort(&self, upload: &Upload) -> Result<(), PortError> {
        let abort = || {
            self.state.lock().uploads.remove(&upload.id);
            Ok(())
        };
        self.faults.around("files.abort", abort).await
    }
}

fn gone() -> PortError {
    PortError::broken("memory", "there is no such upload or part")
}
