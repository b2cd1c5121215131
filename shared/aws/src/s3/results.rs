//! Results kept in S3, as `<tenant>/results/<request_id>/<attempt>.json`.

use std::time::Duration as StdDuration;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use domain::ports::{PortError, ResultLink, ResultStore};
use domain::{RequestId, TenantId};
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use crate::Sdk;
use crate::error::port_error;

const BUCKET: &str = "results bucket";
const JSON: &str = "application/json";

/// Keeps results in a bucket.
#[derive(Debug, Clone)]
pub struct Results {
    client: Client,
    bucket: String,
}

impl Results {
    /// Keeps results in this bucket.
    pub fn new(sdk: &Sdk, bucket: impl Into<String>) -> Self {
        Self {
            client: super::client(sdk),
            bucket: bucket.into(),
        }
    }
}

#[async_trait]
impl ResultStore for Results {
    async fn put(
        &self,
        tenant: &TenantId,
        id: RequestId,
        attempt: u32,
        result: &Value,
    ) -> Result<String, PortError> {
        let key = format!("{tenant}/results/{id}/{attempt}.json");
        let put = self.client.put_object().bucket(&self.bucket).key(&key);
        let body = result.to_string().into_bytes();
        let sent = put.content_type(JSON).body(body.into()).send().await;
        sent.map_err(|error| port_error(BUCKET, error))?;
        Ok(key)
    }

    async fn link(
        &self,
        key: &str,
        now: OffsetDateTime,
        lifetime: Duration,
    ) -> Result<ResultLink, PortError> {
        let get = self.client.get_object().bucket(&self.bucket).key(key);
        let signed = get
            .response_content_type(JSON)
            .response_content_disposition(format!("attachment; filename=\"{}\"", file_name(key)))
            .presigned(signing(now, lifetime)?)
            .await
            .map_err(|error| port_error(BUCKET, error))?;
        Ok(ResultLink {
            url: signed.uri().to_owned(),
            expires_at: now + lifetime,
        })
    }
}

fn signing(now: OffsetDateTime, lifetime: Duration) -> Result<PresigningConfig, PortError> {
    let lifetime = StdDuration::try_from(lifetime);
    let lifetime = lifetime.map_err(|error| PortError::broken(BUCKET, error))?;
    PresigningConfig::builder()
        .start_time(now.into())
        .expires_in(lifetime)
        .build()
        .map_err(|error| PortError::broken(BUCKET, error))
}

/// The name under which a browser saves a result.
fn file_name(key: &str) -> String {
    let id = key.rsplit('/').nth(1).and_then(|part| part.parse().ok());
    match id {
        Some::<RequestId>(id) => format!("result-{id}.json"),
        None => "result.json".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_task() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let key = format!("t/results/{id}/1.json");
        assert_eq!(file_name(&key), format!("result-{id}.json"));
        assert_eq!(file_name("t/results/\"x/1.json"), "result.json");
    }
}
