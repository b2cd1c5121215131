//! The contract of [`UploadForms`] and [`Uploads`], which share what they keep.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::{UploadForm, UploadForms, UploadTerms, Uploads};
use domain::{TenantId, UploadFormat, UploadId};
use time::{Duration, OffsetDateTime};

use super::beside;
use crate::build;

const LIFETIME: Duration = Duration::minutes(5);
const MOST: u64 = 1_000;

/// What keeps uploads, with the present moment where a server checks forms against it.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    /// Gives forms.
    pub forms: &'a dyn UploadForms,
    /// Reads what was posted.
    pub uploads: &'a dyn Uploads,
    /// The present moment.
    pub now: OffsetDateTime,
}

/// `post` posts a file by a form, as its holder would, without any credentials, and gives the HTTP
/// status.
pub async fn all(kept: Kept<'_>, tenant: &TenantId, post: impl AsyncFn(&UploadForm, &[u8]) -> u16) {
    what_was_posted_is_read(kept, tenant, &post).await;
    what_is_too_large_is_refused(kept, tenant, &post).await;
    fields_cannot_be_changed(kept, tenant, &post).await;
    a_form_stops_working(kept, tenant, &post).await;
    uploads_belong_to_their_tenant(kept, tenant, &post).await;
}

impl Kept<'_> {
    async fn form(&self, tenant: &TenantId, id: UploadId, format: UploadFormat) -> UploadForm {
        let terms = UploadTerms {
            id,
            format,
            most_bytes: MOST,
        };
        let form = self.forms.form(tenant, &terms, self.now, LIFETIME).await;
        let form = form.unwrap();
        assert_eq!(form.expires_at, self.now + LIFETIME);
        form
    }

    async fn read(&self, tenant: &TenantId, id: UploadId) -> Option<(String, Vec<u8>)> {
        let mut upload = self.uploads.open(tenant, id).await.unwrap()?;
        let mut bytes = vec![];
        while let Some(chunk) = upload.chunks.next().await.unwrap() {
            assert!(!chunk.is_empty());
            bytes.extend(chunk);
        }
        assert_eq!(upload.bytes, u64::try_from(bytes.len()).unwrap());
        Some((upload.content_type, bytes))
    }
}

fn accepted(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Of every format, empty and as long as may be; what was never posted is not there.
pub async fn what_was_posted_is_read(
    kept: Kept<'_>,
    tenant: &TenantId,
    post: &impl AsyncFn(&UploadForm, &[u8]) -> u16,
) {
    for format in UploadFormat::ALL {
        for bytes in [b"".to_vec(), vec![0xe9; 1_000], b"id\r\n\xff\x00".to_vec()] {
            let id = build::upload_id();
            let form = kept.form(tenant, id, format).await;
            assert_eq!(kept.read(tenant, id).await, None);
            assert!(accepted(post(&form, &bytes).await));
            let expected = (format.content_type().to_owned(), bytes);
            assert_eq!(kept.read(tenant, id).await, Some(expected));
        }
    }
}

/// One byte too many, and nothing is there.
pub async fn what_is_too_large_is_refused(
    kept: Kept<'_>,
    tenant: &TenantId,
    post: &impl AsyncFn(&UploadForm, &[u8]) -> u16,
) {
    let id = build::upload_id();
    let form = kept.form(tenant, id, UploadFormat::Csv).await;
    assert!(!accepted(post(&form, &[b'x'; 1_001]).await));
    assert_eq!(kept.read(tenant, id).await, None);
}

/// Neither the place nor the type is the holder's to choose.
pub async fn fields_cannot_be_changed(
    kept: Kept<'_>,
    tenant: &TenantId,
    post: &impl AsyncFn(&UploadForm, &[u8]) -> u16,
) {
    let (id, other) = (build::upload_id(), build::upload_id());
    let form = kept.form(tenant, id, UploadFormat::Csv).await;
    for (field, value) in [
        (
            "key",
            form.fields["key"].replace(&id.to_string(), &other.to_string()),
        ),
        ("content-type", "text/html".into()),
    ] {
        let mut changed = form.clone();
        changed.fields.insert(field.into(), value);
        assert!(!accepted(post(&changed, b"x").await), "{field}");
    }
    assert_eq!(kept.read(tenant, id).await, None);
    assert_eq!(kept.read(tenant, other).await, None);
}

/// After its time it is worthless.
pub async fn a_form_stops_working(
    kept: Kept<'_>,
    tenant: &TenantId,
    post: &impl AsyncFn(&UploadForm, &[u8]) -> u16,
) {
    let id = build::upload_id();
    let earlier = Kept {
        now: kept.now - Duration::HOUR,
        ..kept
    };
    let form = earlier.form(tenant, id, UploadFormat::Csv).await;
    assert!(!accepted(post(&form, b"x").await));
    assert_eq!(kept.read(tenant, id).await, None);
}

/// Nobody reads another tenant's, whose name or not.
pub async fn uploads_belong_to_their_tenant(
    kept: Kept<'_>,
    tenant: &TenantId,
    post: &impl AsyncFn(&UploadForm, &[u8]) -> u16,
) {
    let id = build::upload_id();
    let form = kept.form(tenant, id, UploadFormat::Txt).await;
    assert!(accepted(post(&form, b"x").await));
    assert_eq!(kept.read(&beside(tenant, "other"), id).await, None);
    assert!(kept.read(tenant, id).await.is_some());
}
