//! Exported files, as `<tenant>/exports/<request_id>/<file name>`, by multipart uploads.

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use domain::export::{object_folder, object_key};
use domain::ports::{FileStore, FileUpload, NewFile, PortError, StoredPart};
use futures::future::try_join_all;

use super::BUCKET;
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

/// Writes files into a bucket.
#[derive(Debug, Clone)]
pub struct Files {
    pub(super) client: Lazy<Client>,
    pub(super) bucket: String,
}

impl Files {
    /// Writes into this bucket.
    pub fn new(sdk: &Sdk, bucket: impl Into<String>) -> Self {
        Self {
            client: sdk.s3(),
            bucket: bucket.into(),
        }
    }
}

#[async_trait]
impl FileStore for Files {
    /// The name and the type are kept with the object, so that every link to it gives them.
    async fn start(&self, file: &NewFile) -> Result<FileUpload, PortError> {
        let folder = object_folder(&file.tenant, file.request_id);
        let left = self.uploads(&folder).await?;
        try_join_all(left.iter().map(|upload| self.abort(upload))).await?;
        let key = object_key(&file.tenant, file.request_id, &file.name);
        let create = self.client.create_multipart_upload();
        let created = create
            .bucket(&self.bucket)
            .key(&key)
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .content_type(file.media_type)
            .content_disposition(format!("attachment; filename=\"{}\"", file.name))
            .send()
            .await
            .map_err(|error| port_error(BUCKET, error))?;
        let id = created.upload_id.ok_or_else(|| nameless("upload"))?;
        Ok(FileUpload { key, id })
    }

    async fn put(
        &self,
        upload: &FileUpload,
        number: u16,
        bytes: Vec<u8>,
    ) -> Result<StoredPart, PortError> {
        let put = self.client.upload_part();
        let stored = put
            .bucket(&self.bucket)
            .key(&upload.key)
            .upload_id(&upload.id)
            .part_number(number.into())
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .body(bytes.into())
            .send()
            .await
            .map_err(|error| port_error(BUCKET, error))?;
        let name = stored.e_tag.ok_or_else(|| nameless("part"))?;
        Ok(StoredPart {
            number,
            tag: tag(name, stored.checksum_crc32.as_deref()),
        })
    }

    async fn finish(&self, upload: &FileUpload, parts: &[StoredPart]) -> Result<(), PortError> {
        let parts = parts.iter().map(completed_part);
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.collect()));
        let complete = self.client.complete_multipart_upload();
        let completed = complete
            .bucket(&self.bucket)
            .key(&upload.key)
            .upload_id(&upload.id)
            .multipart_upload(parts.build())
            .send()
            .await;
        completed
            .map(drop)
            .map_err(|error| port_error(BUCKET, error))
    }

    async fn abort(&self, upload: &FileUpload) -> Result<(), PortError> {
        self.remove(upload).await
    }
}

/// A part's name and checksum. S3 checks what it got for each part, and wants to hear of it once
/// more at the end
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>).
fn tag(name: String, checksum: Option<&str>) -> String {
    match checksum {
        Some(checksum) => format!("{name} {checksum}"),
        None => name,
    }
}

fn completed_part(part: &StoredPart) -> CompletedPart {
    let (name, checksum) = match part.tag.split_once(' ') {
        Some((name, checksum)) => (name, Some(checksum.to_owned())),
        None => (part.tag.as_str(), None),
    };
    CompletedPart::builder()
        .part_number(part.number.into())
        .e_tag(name)
        .set_checksum_crc32(checksum)
        .build()
}

fn nameless(what: &str) -> PortError {
    PortError::broken(BUCKET, format!("the {what} got no name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parts_checksum_is_told_again_at_the_end() {
        for checksum in [None, Some("DUoRhQ==")] {
            let tag = tag("\"etag\"".into(), checksum);
            let part = completed_part(&StoredPart { number: 7, tag });
            assert_eq!(part.part_number(), Some(7));
            assert_eq!(part.e_tag(), Some("\"etag\""));
            assert_eq!(part.checksum_crc32(), checksum);
        }
    }
}
