//! Uploads kept in S3, as `<tenant>/<upload_id>`. The bucket removes them by its lifecycle rule.

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Credentials, ProvideCredentials as _};
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use domain::ports::{Chunks, PortError, Upload, UploadForm, UploadForms, UploadTerms, Uploads};
use domain::{TenantId, UploadId};
use time::{Duration, OffsetDateTime};
use tokio::time::timeout;

use super::policy::{Allowed, Signer, fields};
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const BUCKET: &str = "uploads bucket";

/// How long the next bytes of an upload may take.
const NEXT: std::time::Duration = std::time::Duration::from_secs(20);

/// Keeps uploads in a bucket.
#[derive(Debug, Clone)]
pub struct UploadBucket {
    client: Lazy<Client>,
    sdk: Sdk,
    bucket: String,
}

impl UploadBucket {
    /// Keeps uploads in this bucket.
    pub fn new(sdk: &Sdk, bucket: impl Into<String>) -> Self {
        Self {
            client: sdk.s3(),
            sdk: sdk.clone(),
            bucket: bucket.into(),
        }
    }

    /// Where the bucket is, by the SDK's own rules for partitions and endpoints: what comes before
    /// the key in the address of an object.
    async fn address(&self) -> Result<String, PortError> {
        let moment = PresigningConfig::expires_in(std::time::Duration::from_secs(1));
        let moment = moment.map_err(|error| PortError::broken(BUCKET, error))?;
        let object = self.client.get_object().bucket(&self.bucket).key("-");
        let signed = object.presigned(moment).await;
        let signed = signed.map_err(|error| port_error(BUCKET, error))?;
        let address = signed.uri().split_once("/-?").map(|(address, _)| address);
        let address = address.ok_or_else(|| PortError::broken(BUCKET, "its address is odd"))?;
        Ok(format!("{address}/"))
    }

    /// The function's own credentials. Those of a role end with it, and the form with them.
    async fn credentials(&self) -> Result<Credentials, PortError> {
        let provider = self.sdk.config.credentials_provider();
        let provider = provider.ok_or_else(|| PortError::broken(BUCKET, "no credentials"))?;
        let credentials = provider.provide_credentials().await;
        credentials.map_err(|error| PortError::unavailable(BUCKET, error))
    }
}

fn key(tenant: &TenantId, id: UploadId) -> String {
    format!("{tenant}/{id}")
}

#[async_trait]
impl UploadForms for UploadBucket {
    async fn form(
        &self,
        tenant: &TenantId,
        terms: &UploadTerms,
        now: OffsetDateTime,
        lifetime: Duration,
    ) -> Result<UploadForm, PortError> {
        let (url, credentials) = tokio::try_join!(self.address(), self.credentials())?;
        let expires_at = now + lifetime;
        let allowed = Allowed {
            bucket: &self.bucket,
            key: &key(tenant, terms.id),
            content_type: terms.format.content_type(),
            most_bytes: terms.most_bytes,
            expires_at,
        };
        let signer = Signer {
            credentials: &credentials,
            region: self.sdk.config.region().map_or("", AsRef::as_ref),
            now,
        };
        let fields = fields(&allowed, &signer);
        Ok(UploadForm {
            url,
            fields: fields.map_err(|error| PortError::broken(BUCKET, error))?,
            expires_at,
        })
    }
}

#[async_trait]
impl Uploads for UploadBucket {
    async fn open(&self, tenant: &TenantId, id: UploadId) -> Result<Option<Upload>, PortError> {
        let get = self.client.get_object().bucket(&self.bucket);
        match get.key(key(tenant, id)).send().await {
            Ok(object) => Ok(Some(upload(object))),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetObjectError::is_no_such_key) =>
            {
                Ok(None)
            }
            Err(error) => Err(port_error(BUCKET, error)),
        }
    }
}

fn upload(object: GetObjectOutput) -> Upload {
    let bytes = object.content_length().unwrap_or_default();
    Upload {
        content_type: object.content_type().unwrap_or_default().to_owned(),
        bytes: u64::try_from(bytes).unwrap_or_default(),
        chunks: Box::new(Body(object.body)),
    }
}

/// What comes over the wire, as it comes.
struct Body(ByteStream);

#[async_trait]
impl Chunks for Body {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PortError> {
        let next = timeout(NEXT, self.0.try_next()).await;
        let next = next.map_err(|error| PortError::unavailable(BUCKET, error))?;
        let next = next.map_err(|error| PortError::unavailable(BUCKET, error))?;
        Ok(next.map(|bytes| bytes.to_vec()))
    }
}
