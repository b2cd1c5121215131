//! Uploads in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::ports::{Chunks, PortError, Upload, UploadForm, UploadForms, UploadTerms, Uploads};
use domain::{TenantId, UploadFormat, UploadId};
use time::{Duration, OffsetDateTime};

use super::{Faults, Kept};

/// Small, so that a reader meets words and characters that are cut in two.
const CHUNK: usize = 5;

/// Keeps uploads. Calls are named `uploads.form`, `uploads.open`, `uploads.next`.
#[derive(Debug, Default)]
pub struct MemoryUploads {
    files: Kept<BTreeMap<String, File>>,
    faults: Faults,
}

#[derive(Debug, Clone)]
struct File {
    content_type: String,
    bytes: Vec<u8>,
}

impl MemoryUploads {
    /// No uploads yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Keeps a file as if it had been uploaded.
    pub fn put(
        &self,
        tenant: &TenantId,
        id: UploadId,
        format: UploadFormat,
        bytes: impl Into<Vec<u8>>,
    ) {
        let file = File {
            content_type: format.content_type().into(),
            bytes: bytes.into(),
        };
        self.files.lock().insert(key(tenant, id), file);
    }

    /// Posts a file by a form, and gives the HTTP status that a server would answer.
    pub fn post(&self, form: &UploadForm, bytes: &[u8], now: OffsetDateTime) -> u16 {
        let most = form.fields.get("most").and_then(|most| most.parse().ok());
        let (Some(key), Some(content_type), Some(most)) = (
            form.fields.get("key"),
            form.fields.get("content-type"),
            most,
        ) else {
            return 400;
        };
        let sealed = form.fields.get("seal");
        if sealed != Some(&seal(key, content_type, most)) || now >= form.expires_at {
            return 403;
        }
        if bytes.len() > most {
            return 400;
        }
        let file = File {
            content_type: content_type.clone(),
            bytes: bytes.to_vec(),
        };
        self.files.lock().insert(key.clone(), file);
        201
    }
}

fn key(tenant: &TenantId, id: UploadId) -> String {
    format!("{tenant}/{id}")
}

/// Stands for a signature.
fn seal(key: &str, content_type: &str, most: usize) -> String {
    format!("{key} {content_type} {most}")
}

#[async_trait]
impl UploadForms for MemoryUploads {
    async fn form(
        &self,
        tenant: &TenantId,
        terms: &UploadTerms,
        now: OffsetDateTime,
        lifetime: Duration,
    ) -> Result<UploadForm, PortError> {
        let form = || {
            let (key, content_type) = (key(tenant, terms.id), terms.format.content_type());
            let most = usize::try_from(terms.most_bytes).unwrap_or(usize::MAX);
            let seal = seal(&key, content_type, most);
            let fields = [
                ("key", key),
                ("content-type", content_type.into()),
                ("most", most.to_string()),
                ("seal", seal),
            ];
            Ok(UploadForm {
                url: "memory://uploads/".into(),
                fields: fields.map(|(name, value)| (name.to_owned(), value)).into(),
                expires_at: now + lifetime,
            })
        };
        self.faults.around("uploads.form", form).await
    }
}

#[async_trait]
impl Uploads for MemoryUploads {
    async fn open(&self, tenant: &TenantId, id: UploadId) -> Result<Option<Upload>, PortError> {
        let open = || {
            let file = self.files.lock().get(&key(tenant, id)).cloned();
            Ok(file.map(|file| Upload {
                content_type: file.content_type,
                bytes: u64::try_from(file.bytes.len()).unwrap_or(u64::MAX),
                chunks: Box::new(Rest {
                    bytes: file.bytes,
                    at: 0,
                    faults: self.faults.clone(),
                }),
            }))
        };
        self.faults.around("uploads.open", open).await
    }
}

struct Rest {
    bytes: Vec<u8>,
    at: usize,
    faults: Faults,
}

#[async_trait]
impl Chunks for Rest {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PortError> {
        // Large files in larger pieces: each call yields to others.
        let size = CHUNK.max(self.bytes.len() / 100);
        let end = (self.at + size).min(self.bytes.len());
        let chunk = self.bytes[self.at..end].to_vec();
        self.at = end;
        let next = || Ok(Some(chunk).filter(|chunk| !chunk.is_empty()));
        self.faults.around("uploads.next", next).await
    }
}
