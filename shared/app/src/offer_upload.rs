//! Lets a caller upload a file for a task to read.

use std::sync::Arc;

use domain::ports::{Clock, Entropy, PortError, UploadForm, UploadForms, UploadTerms};
use domain::text::is_plain;
use domain::upload::{FORM_LIFETIME, MOST_BYTES};
use domain::{TenantId, UploadFormat, UploadId};

/// Longest name of a file, in bytes: that of file systems.
const LONGEST_NAME: usize = 255;

/// Gives forms by which callers upload files straight to where they are kept.
#[derive(Clone)]
pub struct OfferUpload {
    /// Where uploads go.
    pub forms: Arc<dyn UploadForms>,
    /// What a form's lifetime counts from.
    pub clock: Arc<dyn Clock>,
    /// Makes names.
    pub entropy: Arc<dyn Entropy>,
}

/// What a caller says of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRequest {
    /// Its name on the caller's side. Its ending tells the format where the type does not.
    pub file_name: String,
    /// Its media type, where the caller knows it.
    pub content_type: Option<String>,
    /// Its length in bytes, where the caller knows it.
    pub bytes: Option<u64>,
}

/// A form with the upload's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedUpload {
    /// What a task names it by.
    pub id: UploadId,
    /// Whoever has it can upload that one file: never log it.
    pub form: UploadForm,
    /// The file may hold no more bytes.
    pub most_bytes: u64,
}

/// Why there is no form.
#[derive(Debug, thiserror::Error)]
pub enum OfferUploadError {
    /// The file's name is none.
    #[error("file_name must be 1 to {LONGEST_NAME} bytes of text without control characters")]
    Name,
    /// No task reads such files.
    #[error(
        "only CSV (text/csv), JSONL (application/x-ndjson) and plain text (text/plain) are read"
    )]
    Type,
    /// No task reads so much at once.
    #[error("an upload holds at most {MOST_BYTES} bytes: split the file")]
    TooLarge,
    /// The form cannot be made.
    #[error("the upload's form cannot be made")]
    Store(#[from] PortError),
}

impl OfferUpload {
    /// A form for one file of the tenant.
    pub async fn run(
        &self,
        tenant: &TenantId,
        request: &UploadRequest,
    ) -> Result<OfferedUpload, OfferUploadError> {
        if !is_plain(&request.file_name, LONGEST_NAME) {
            return Err(OfferUploadError::Name);
        }
        let format = format(request).ok_or(OfferUploadError::Type)?;
        let most_bytes = request.bytes.unwrap_or(MOST_BYTES);
        if most_bytes > MOST_BYTES {
            return Err(OfferUploadError::TooLarge);
        }
        let now = self.clock.now();
        let terms = UploadTerms {
            id: UploadId::new(self.entropy.time_ordered(now)),
            format,
            most_bytes,
        };
        let form = self.forms.form(tenant, &terms, now, FORM_LIFETIME).await?;
        Ok(OfferedUpload {
            id: terms.id,
            form,
            most_bytes,
        })
    }
}

/// Some systems call every CSV file a spreadsheet, so what the type does not tell the ending may.
fn format(request: &UploadRequest) -> Option<UploadFormat> {
    let by_type = request.content_type.as_deref();
    by_type
        .and_then(UploadFormat::of_content_type)
        .or_else(|| match by_type {
            None | Some("" | "application/octet-stream" | "application/vnd.ms-excel") => {
                UploadFormat::of_file_name(&request.file_name)
            }
            Some(_) => None,
        })
}

#[cfg(test)]
mod tests {
    use testkit::ambient::{Counting, FixedClock};
    use testkit::build::{self, NOW};
    use testkit::memory::{Fault, Faults, MemoryUploads};

    use super::*;

    fn offer(faults: &Faults) -> OfferUpload {
        OfferUpload {
            forms: Arc::new(MemoryUploads::new(faults)),
            clock: Arc::new(FixedClock::at(NOW)),
            entropy: Arc::new(Counting::default()),
        }
    }

    fn request(file_name: &str, content_type: Option<&str>) -> UploadRequest {
        UploadRequest {
            file_name: file_name.into(),
            content_type: content_type.map(ToOwned::to_owned),
            bytes: None,
        }
    }

    async fn type_of(request: UploadRequest) -> Result<String, String> {
        let offered = offer(&Faults::default())
            .run(&build::tenant(), &request)
            .await;
        let mut form = offered.map_err(|error| error.to_string())?.form;
        Ok(form.fields.remove("content-type").unwrap())
    }

    #[tokio::test]
    async fn the_type_decides_and_then_the_ending() {
        for (name, given, stored) in [
            ("a.csv", Some("text/csv"), Some("text/csv")),
            ("a.csv", None, Some("text/csv")),
            ("a.csv", Some("application/vnd.ms-excel"), Some("text/csv")),
            ("a.csv", Some("text/plain"), Some("text/plain")),
            ("a", Some("application/jsonl"), Some("application/x-ndjson")),
            ("a", None, None),
            ("a.csv", Some("application/pdf"), None),
            ("a.xlsx", Some(""), None),
        ] {
            let found = type_of(request(name, given)).await;
            assert_eq!(found.ok().as_deref(), stored, "{name} {given:?}");
        }
    }

    #[tokio::test]
    async fn a_known_length_is_the_longest() {
        let offer = offer(&Faults::default());
        let tenant = build::tenant();
        for (bytes, most) in [
            (None, MOST_BYTES),
            (Some(7), 7),
            (Some(MOST_BYTES), MOST_BYTES),
        ] {
            let request = UploadRequest {
                bytes,
                ..request("a.csv", None)
            };
            let offered = offer.run(&tenant, &request).await.unwrap();
            assert_eq!(offered.most_bytes, most);
            assert_eq!(offered.form.fields["most"], most.to_string());
            assert_eq!(offered.form.expires_at, NOW + FORM_LIFETIME);
        }
        let request = UploadRequest {
            bytes: Some(MOST_BYTES + 1),
            ..request("a.csv", None)
        };
        let refused = offer.run(&tenant, &request).await;
        assert!(matches!(refused, Err(OfferUploadError::TooLarge)));
    }

    #[tokio::test]
    async fn every_upload_has_a_name_of_its_own() {
        let offer = offer(&Faults::default());
        let request = request("a.csv", None);
        let first = offer.run(&build::tenant(), &request).await.unwrap();
        let second = offer.run(&build::tenant(), &request).await.unwrap();
        assert_ne!(first.id, second.id);
    }

    #[tokio::test]
    async fn names_that_are_none_and_stores_that_are_away_are_told() {
        let faults = Faults::default();
        let offer = offer(&faults);
        let tenant = build::tenant();
        for name in ["", " ", "a\n.csv", &"x".repeat(256)] {
            let refused = offer.run(&tenant, &request(name, Some("text/csv"))).await;
            assert!(matches!(refused, Err(OfferUploadError::Name)), "{name}");
        }
        faults.always("uploads.form", Fault::Unavailable);
        let refused = offer.run(&tenant, &request("a.csv", None)).await;
        assert!(matches!(refused, Err(OfferUploadError::Store(_))));
    }
}
