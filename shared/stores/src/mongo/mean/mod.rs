//! The mean response time, from roll-ups where they hold, else from the requests themselves.
//!
//! One question mostly gives all: the roll-ups of the window's whole hours and days, the marks that
//! tell whether these [hold](super::series), and the sum of the requests that nothing is kept of. Requests of
//! buckets whose roll-ups do not hold are asked for by a second one. What has no mark has no
//! requests, since an append marks an hour before it stores anything of it.

mod answer;
mod cover;
mod question;

use std::time::Duration;

use async_trait::async_trait;
use bson::Document;
use domain::TenantId;
use domain::ports::{PortError, ResponseTimes};
use futures::TryStreamExt;
use time::OffsetDateTime;
use tokio::time::timeout;

use self::answer::{Answer, Sum};
use self::cover::{Cover, Stretch};
use self::question::Part;
use super::Events;
use super::failure::Failure;

/// How long the answer may take: a page waits for it.
const MEAN: Duration = Duration::from_secs(5);

/// Stretches of one question at most. Where more of them have no roll-up that holds, as right after an import,
/// one reading of the whole window takes less.
const MOST_STRETCHES: usize = 16;

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
        let now = self.clock.now();
        let cover = Cover::of(from, now);
        let answer = self.ask(question::of(tenant, &cover)).await?;
        let (held, stale) = answer.settle(self.settled_after, now);
        if stale.len() > MOST_STRETCHES {
            let whole = [Stretch { from, to: None }];
            return Ok(self.sum(tenant, &whole).await?.mean());
        }
        let rest = self.sum(tenant, &stale).await?;
        Ok(held.plus(rest).mean())
    }

    /// Of the requests of these stretches.
    async fn sum(&self, tenant: &TenantId, stretches: &[Stretch]) -> Result<Sum, Failure> {
        let parts = stretches.iter().map(|one| question::sum(tenant, *one));
        Ok(self.ask(parts.collect()).await?.requests)
    }

    /// What all parts give, from one round trip; nothing where there are none.
    async fn ask(&self, parts: Vec<Part>) -> Result<Answer, Failure> {
        let mut answer = Answer::default();
        let Some((collection, stages)) = question::joined(parts) else {
            return Ok(answer);
        };
        let collection = self.database.collection::<Document>(collection);
        let mut rows = collection.aggregate(stages).max_time(MEAN).await?;
        while let Some(row) = rows.try_next().await? {
            answer.take(&row)?;
        }
        Ok(answer)
    }
}
