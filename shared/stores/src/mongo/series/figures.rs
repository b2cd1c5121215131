//! Figures computed from the requests.

use std::collections::BTreeMap;

use bson::{DateTime, Document, doc};
use domain::TenantId;
use domain::aggregate::{AggregateQuery, GroupBy, Only};
use domain::series::{Figures, SeriesQuery, SeriesRow};
use futures::TryStreamExt;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::SERIES;
use crate::mongo::Events;
use crate::mongo::aggregate::counted;
use crate::mongo::failure::Failure;
use crate::mongo::pipeline::figures;

/// The field that tells when an event came, and so when it goes.
const RECEIVED: &str = "received_at";

/// A bucket with requests.
pub(super) struct BucketRows {
    /// When it starts.
    pub(super) start: OffsetDateTime,
    /// When the first of its requests was received.
    pub(super) received_at: DateTime,
    /// Its figures, over all or by service.
    pub(super) rows: Vec<SeriesRow>,
}

impl Events {
    /// The buckets with requests, in the order of time, of at most so many rows.
    pub(super) async fn figures(
        &self,
        tenant: &TenantId,
        query: &SeriesQuery,
        most: usize,
    ) -> Result<Vec<BucketRows>, Failure> {
        let mut stages = figures(tenant, &aggregate(query), Some(RECEIVED));
        stages.push(doc! { "$limit": i64::try_from(most).unwrap_or(i64::MAX) });
        let mut answer = self
            .collection
            .aggregate(stages)
            .allow_disk_use(true)
            .max_time(SERIES)
            .await?;
        let mut buckets = BTreeMap::new();
        while let Some(document) = answer.try_next().await? {
            let row = row(&document)?;
            let received_at = document.get_datetime(RECEIVED).copied();
            let received_at = received_at.map_err(|_| Failure::Answer(RECEIVED))?;
            let bucket = buckets.entry(row.start).or_insert_with(|| BucketRows {
                start: row.start,
                received_at,
                rows: vec![],
            });
            bucket.received_at = bucket.received_at.min(received_at);
            bucket.rows.push(row);
        }
        Ok(buckets.into_values().collect())
    }
}

fn aggregate(query: &SeriesQuery) -> AggregateQuery {
    let group_by = if query.by_service {
        vec![GroupBy::Time, GroupBy::Service]
    } else {
        vec![GroupBy::Time]
    };
    AggregateQuery {
        group_by,
        bucket: query.span.bucket(),
        from: Some(query.span.from()),
        to: Some(query.span.to()),
        only: Only::default(),
        limit: usize::MAX,
    }
}

fn row(document: &Document) -> Result<SeriesRow, Failure> {
    let group = document.get_document("_id");
    let group = group.map_err(|_| Failure::Answer("_id"))?;
    let start = group.get_str(GroupBy::Time.column()).ok();
    let start = start.and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    let service = group.get_str(GroupBy::Service.column()).ok();
    Ok(SeriesRow {
        start: start.ok_or(Failure::Answer("_id"))?,
        service: service.map(str::to_owned),
        figures: read(document)?,
    })
}

/// The figures in a document of the pipeline, or in a roll-up's row.
pub(super) fn read(document: &Document) -> Result<Figures, Failure> {
    let number = |field| document.get_f64(field).map_err(|_| Failure::Answer(field));
    Ok(Figures {
        count: counted(document, "count")?,
        errors: counted(document, "errors")?,
        unique_users: counted(document, "users")?,
        mean: number("mean")?,
        p50: number("p50")?,
        p95: number("p95")?,
        p99: number("p99")?,
    })
}
