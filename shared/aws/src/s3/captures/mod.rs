//! What failed of batches, as `captures/<function>/<yyyy>/<mm>/<dd>/<time>-<id>.json`.

mod form;

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use domain::capture::{Capture, folder};
use domain::ports::{CaptureShelf, Captures, PortError};
use time::Date;

use super::read_json::read_json;
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const BUCKET: &str = "captures bucket";

/// Keeps captures in a bucket.
#[derive(Debug, Clone)]
pub struct CaptureBucket {
    client: Lazy<Client>,
    bucket: String,
    /// Keys in a page of a list; S3 gives no more than 1,000.
    page: i32,
}

impl CaptureBucket {
    /// Keeps captures in this bucket.
    pub fn new(sdk: &Sdk, bucket: impl Into<String>) -> Self {
        Self {
            client: sdk.s3(),
            bucket: bucket.into(),
            page: 1_000,
        }
    }

    /// Opens a bucket to keep captures in, for whoever learns only later whether there is one.
    pub fn opener(sdk: &Sdk) -> impl FnOnce(String) -> Arc<dyn Captures> {
        |bucket| Arc::new(Self::new(sdk, bucket))
    }

    /// Lists by smaller pages.
    #[must_use]
    pub fn by_pages_of(self, page: i32) -> Self {
        Self { page, ..self }
    }
}

#[async_trait]
impl Captures for CaptureBucket {
    async fn keep(&self, capture: &Capture) -> Result<String, PortError> {
        let body = form::write(capture);
        let body = body.map_err(|error| PortError::broken(BUCKET, error))?;
        let key = capture.key();
        let put = self.client.put_object().bucket(&self.bucket).key(&key);
        let sent = put
            .content_type("application/json")
            .body(body.into())
            .send();
        sent.await.map_err(|error| port_error(BUCKET, error))?;
        Ok(key)
    }
}

#[async_trait]
impl CaptureShelf for CaptureBucket {
    async fn of_day(&self, function: &str, day: Date) -> Result<Vec<String>, PortError> {
        let list = self.client.list_objects_v2().bucket(&self.bucket);
        let list = list.prefix(folder(function, day)).max_keys(self.page);
        let mut pages = list.into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| port_error(BUCKET, error))?;
            let objects = page.contents.unwrap_or_default().into_iter();
            keys.extend(objects.filter_map(|object| object.key));
        }
        Ok(keys)
    }

    async fn read(&self, key: &str) -> Result<Option<Capture>, PortError> {
        let get = self.client.get_object().bucket(&self.bucket).key(key);
        let Some(form) = read_json(get, BUCKET).await? else {
            return Ok(None);
        };
        let capture = form::read(form);
        let capture = capture.map_err(|error| PortError::broken(BUCKET, error))?;
        Ok(Some(capture))
    }
}
