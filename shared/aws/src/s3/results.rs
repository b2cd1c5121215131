//! Results, as `<tenant>/results/<request_id>/<attempt>.json`, and links to all that tasks leave.

use std::time::Duration as StdDuration;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::builders::GetObjectFluentBuilder;
use aws_sdk_s3::presigning::PresigningConfig;
use domain::ports::{PortError, ResultLink, ResultStore};
use domain::{RequestId, TenantId};
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::BUCKET;
use super::read_json::read_json;
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const JSON: &str = "application/json";

/// Keeps results in a bucket.
#[derive(Debug, Clone)]
pub struct Results {
    client: Lazy<Client>,
    bucket: String,
}

impl Results {
    /// Keeps results in this bucket.
    pub fn new(sdk: &Sdk, bucket: impl Into<String>) -> Self {
        Self {
            client: sdk.s3(),
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

    async fn get(&self, key: &str) -> Result<Option<Value>, PortError> {
        let get = self.client.get_object().bucket(&self.bucket).key(key);
        read_json(get, BUCKET).await
    }

    async fn link(
        &self,
        key: &str,
        now: OffsetDateTime,
        lifetime: Duration,
    ) -> Result<ResultLink, PortError> {
        let get = self.client.get_object().bucket(&self.bucket).key(key);
        let signed = as_it_is_saved(get, key)
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

/// A result is saved under the name of its task. Any other file has its name and type with it.
fn as_it_is_saved(get: GetObjectFluentBuilder, key: &str) -> GetObjectFluentBuilder {
    match result_name(key) {
        Some(name) => get
            .response_content_type(JSON)
            .response_content_disposition(format!("attachment; filename=\"{name}\"")),
        None => get,
    }
}

/// The name under which a browser saves a result; none for other files.
fn result_name(key: &str) -> Option<String> {
    let mut parts = key.split('/').skip(1);
    let ("results", id) = (parts.next()?, parts.next()?) else {
        return None;
    };
    let id: Option<RequestId> = id.parse().ok();
    Some(id.map_or_else(|| "result.json".into(), |id| format!("result-{id}.json")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_task() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let key = format!("t/results/{id}/1.json");
        assert_eq!(result_name(&key), Some(format!("result-{id}.json")));
        let odd = result_name("t/results/\"x/1.json");
        assert_eq!(odd.as_deref(), Some("result.json"));
        let export = format!("t/exports/{id}/events.csv");
        assert_eq!(result_name(&export), None);
    }
}
