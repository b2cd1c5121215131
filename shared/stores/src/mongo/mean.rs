//! The mean response time.

use std::time::Duration;

use async_trait::async_trait;
use bson::doc;
use domain::TenantId;
use domain::ports::{PortError, ResponseTimes};
use futures::TryStreamExt;
use time::OffsetDateTime;
use tokio::time::timeout;

use super::Events;
use super::failure::Failure;
use super::filter::requests;

/// How long the answer may take: a page waits for it.
const MEAN: Duration = Duration::from_secs(5);

#[async_trait]
impl ResponseTimes for Events {
    async fn mean(
        &self,
        tenant: &TenantId,
        from: Option<OffsetDateTime>,
    ) -> Result<Option<f64>, PortError> {
        let mean = timeout(MEAN, self.average(tenant, from)).await;
        Ok(mean.map_err(|_| Failure::TooSlow(MEAN)).flatten()?)
    }
}

impl Events {
    async fn average(
        &self,
        tenant: &TenantId,
        from: Option<OffsetDateTime>,
    ) -> Result<Option<f64>, Failure> {
        let pipeline = [
            doc! { "$match": requests(tenant, from, None) },
            doc! { "$group": { "_id": null, "mean": { "$avg": "$response_time_ms" } } },
        ];
        let mut rows = self.collection.aggregate(pipeline).max_time(MEAN).await?;
        let Some(row) = rows.try_next().await? else {
            return Ok(None);
        };
        row.get_f64("mean")
            .map(Some)
            .map_err(|_| Failure::Answer("mean"))
    }
}
