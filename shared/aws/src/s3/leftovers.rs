//! Finds and removes uploads that were not finished.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use domain::ports::{PortError, Upload};

use super::BUCKET;
use super::files::Files;
use crate::error::port_error;

/// How often an upload is aborted at most.
const ABORTS: usize = 3;

impl Files {
    /// The unfinished uploads whose keys begin so. A task starts one for each attempt, and aborts
    /// those before it, so that one page has them all.
    pub(super) async fn uploads(&self, folder: &str) -> Result<Vec<Upload>, PortError> {
        let list = self.client.list_multipart_uploads();
        let listed = list.bucket(&self.bucket).prefix(folder).send().await;
        let listed = listed.map_err(|error| port_error(BUCKET, error))?;
        let named = |upload: aws_sdk_s3::types::MultipartUpload| {
            let (key, id) = upload.key.zip(upload.upload_id)?;
            key.starts_with(folder).then_some(Upload { key, id })
        };
        let uploads = listed.uploads.unwrap_or_default().into_iter();
        Ok(uploads.filter_map(named).collect())
    }

    /// Aborts an upload, and again as long as parts come in that were on their way
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html>).
    pub(super) async fn remove(&self, upload: &Upload) -> Result<(), PortError> {
        for _ in 0..ABORTS {
            let abort = self.client.abort_multipart_upload();
            let abort = abort.bucket(&self.bucket).key(&upload.key);
            unless_gone(abort.upload_id(&upload.id).send().await)?;
            let list = self.client.list_parts();
            let list = list.bucket(&self.bucket).key(&upload.key);
            if unless_gone(list.upload_id(&upload.id).send().await)?.is_none() {
                return Ok(());
            }
        }
        let words = "parts kept coming in while the upload was aborted";
        Err(PortError::unavailable(BUCKET, words))
    }
}

/// The answer; none where the upload is not there.
fn unless_gone<T, E>(answer: Result<T, SdkError<E, HttpResponse>>) -> Result<Option<T>, PortError>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.code() == Some("NoSuchUpload") => Ok(None),
        Err(error) => Err(port_error(BUCKET, error)),
    }
}
