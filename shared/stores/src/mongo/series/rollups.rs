//! Figures of buckets, kept.
//!
//! | field | holds |
//! |---|---|
//! | `_id` | `<tenant>/<bucket>/<by>/<start>`; `by` is `all` or `service`: what ranges are read by |
//! | `tenant` | whose they are |
//! | `start` | when the bucket starts |
//! | `began` | when computing them began, by the database's clock |
//! | `received_at` | when the first of its requests came: they expire as soon as it does |
//! | `rows` | the figures of all requests, or of each `service`; none without requests |

use std::collections::BTreeMap;
use std::time::Duration;

use bson::{Bson, DateTime, Document, doc};
use domain::TenantId;
use domain::aggregate::Bucket;
use domain::series::{SeriesQuery, SeriesRow};
use futures::TryStreamExt;
use mongodb::Collection;
use time::OffsetDateTime;

use super::figures::{BucketRows, read};
use super::freshness::holds;
use super::touched::text;
use super::{Reading, SERIES};
use crate::mongo::append::taken;
use crate::mongo::failure::Failure;
use crate::mongo::migrate::KEPT;
use crate::mongo::moment::{Moment, utc};
use crate::mongo::{Events, ROLLUPS};

/// Most rows that are kept of a bucket. One with more services is computed every time: the document
/// could become larger than a server takes.
const MOST_ROWS: usize = 5_000;

/// A bucket's figures.
pub(in crate::mongo) struct RollUp {
    /// When it starts.
    pub(in crate::mongo) start: OffsetDateTime,
    /// When computing them began.
    began: DateTime,
    received_at: DateTime,
    /// Over all or by service.
    pub(in crate::mongo) rows: Vec<SeriesRow>,
}

impl RollUp {
    /// Whether its figures hold, its bucket having been touched then (if ever).
    pub(in crate::mongo) fn holds(
        &self,
        touched: Option<DateTime>,
        settled_after: Duration,
        now: DateTime,
    ) -> bool {
        holds(self.began, touched, settled_after) && self.is_in_time(now)
    }

    /// Whether none of its events has expired by then. The server removes both, but not at once.
    fn is_in_time(&self, now: DateTime) -> bool {
        let age = now
            .timestamp_millis()
            .saturating_sub(self.received_at.timestamp_millis());
        age < i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX)
    }
}

impl Events {
    fn kept(&self) -> Collection<Document> {
        self.database.collection(ROLLUPS)
    }

    /// What is kept of the span's buckets, until it has so many rows.
    pub(super) async fn rollups(
        &self,
        tenant: &TenantId,
        query: &SeriesQuery,
        most_rows: usize,
    ) -> Result<Vec<RollUp>, Failure> {
        let key = |start| key(tenant, query, start);
        let (from, to) = (key(query.span.from()), key(query.span.to()));
        let range = doc! { "_id": { "$gte": from, "$lt": to } };
        let mut found = self.kept().find(range).max_time(SERIES).await?;
        let (mut rollups, mut rows) = (vec![], 0);
        while let Some(document) = found.try_next().await? {
            let rollup = rollup(&document)?;
            rows += rollup.rows.len();
            rollups.push(rollup);
            if rows >= most_rows {
                break;
            }
        }
        Ok(rollups)
    }

    /// Keeps the figures of those of the span's buckets that can hold, in place of what was kept
    /// before. Of several that do so at once any may be the last.
    pub(super) async fn keep(
        &self,
        tenant: &TenantId,
        query: &SeriesQuery,
        reading: &Reading,
        buckets: &[BucketRows],
    ) -> Result<(), Failure> {
        let began = reading.began;
        let found: BTreeMap<_, _> = buckets.iter().map(|rows| (rows.start, rows)).collect();
        let small = |start| {
            found
                .get(&start)
                .is_none_or(|found| found.rows.len() <= MOST_ROWS)
        };
        let starts = query.span.starts();
        let starts = starts.filter(|start| reading.can_hold(*start, began) && small(*start));
        let documents: Vec<_> = starts
            .map(|start| {
                let rows = found.get(&start).map_or(&[][..], |bucket| &bucket.rows);
                let received_at = found.get(&start).map_or(began, |bucket| bucket.received_at);
                doc! {
                    "_id": key(tenant, query, start), "tenant": tenant.as_str(),
                    "start": Moment::from(start).date, "began": began,
                    "received_at": received_at, "rows": rows.iter().map(write).collect::<Vec<_>>(),
                }
            })
            .collect();
        if documents.is_empty() {
            return Ok(());
        }
        let keys = documents.iter().filter_map(|document| document.get("_id"));
        let keys: Vec<_> = keys.cloned().collect();
        self.kept()
            .delete_many(doc! { "_id": { "$in": keys } })
            .await?;
        match self.kept().insert_many(documents).ordered(false).await {
            Err(error) => taken(*error.kind.clone(), error).map(drop),
            Ok(_) => Ok(()),
        }
    }
}

fn key(tenant: &TenantId, query: &SeriesQuery, start: OffsetDateTime) -> String {
    rollup_key(tenant, query.span.bucket(), query.by_service, &text(start))
}

/// The key of a bucket's roll-up; of a start as RFC 3339. Without one, what the keys of all buckets begin with.
pub(in crate::mongo) fn rollup_key(
    tenant: &TenantId,
    bucket: Bucket,
    by_service: bool,
    start: &str,
) -> String {
    let bucket = match bucket {
        Bucket::Minute => "minute",
        Bucket::Hour => "hour",
        Bucket::Day => "day",
    };
    let by = if by_service { "service" } else { "all" };
    format!("{tenant}/{bucket}/{by}/{start}")
}

/// Counts are below 2^63 by far.
fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn write(row: &SeriesRow) -> Document {
    let figures = &row.figures;
    let mut document = doc! {
        "count": number(figures.count), "errors": number(figures.errors),
        "users": number(figures.unique_users), "mean": figures.mean,
        "p50": figures.p50, "p95": figures.p95, "p99": figures.p99,
    };
    if let Some(service) = &row.service {
        document.insert("service", service);
    }
    document
}

/// Reads one.
pub(in crate::mongo) fn rollup(document: &Document) -> Result<RollUp, Failure> {
    let date = |field| {
        document
            .get_datetime(field)
            .map_err(|_| Failure::Answer(field))
    };
    let start = utc(document, "start")?;
    let rows = document
        .get_array("rows")
        .map_err(|_| Failure::Answer("rows"))?;
    let rows = rows.iter().map(|row| {
        let row = row.as_document().ok_or(Failure::Answer("rows"))?;
        Ok::<_, Failure>(SeriesRow {
            start,
            service: row.get("service").and_then(Bson::as_str).map(str::to_owned),
            figures: read(row)?,
        })
    });
    Ok(RollUp {
        start,
        began: *date("began")?,
        received_at: *date("received_at")?,
        rows: rows.collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use domain::series::{Figures, Span};
    use testkit::build;
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-01-01 13:00 UTC);

    #[test]
    fn a_row_comes_back_as_it_was() {
        let figures = Figures {
            count: 3,
            errors: 1,
            unique_users: 2,
            mean: 0.1 + 0.2,
            p50: 1.5,
            p95: f64::MAX,
            p99: f64::MIN_POSITIVE,
        };
        for service in [None, Some("shop".to_owned())] {
            let row = SeriesRow {
                start: START,
                service,
                figures,
            };
            let document = doc! {
                "start": Moment::from(START).date, "began": DateTime::MIN, "received_at": DateTime::MAX,
                "rows": [write(&row)],
            };
            assert_eq!(rollup(&document).unwrap().rows, [row]);
        }
        assert!(rollup(&doc! { "start": DateTime::MIN }).is_err());
    }

    #[test]
    fn keys_tell_everything_apart_and_sort_by_time() {
        let tenant = build::tenant();
        let keys = [
            (Bucket::Hour, false),
            (Bucket::Hour, true),
            (Bucket::Day, false),
        ]
        .map(|(bucket, by_service)| {
            let query = SeriesQuery {
                span: Span::covering(bucket, START, START + time::Duration::SECOND).unwrap(),
                by_service,
                most_rows: 1,
            };
            key(&tenant, &query, query.span.from())
        });
        let expected = [
            "hour/all/2026-01-01T13:00:00Z",
            "hour/service/2026-01-01T13:00:00Z",
            "day/all/2026-01-01T00:00:00Z",
        ];
        assert_eq!(keys, expected.map(|rest| format!("{tenant}/{rest}")));
    }

    #[test]
    fn figures_go_with_the_first_of_their_events() {
        let rollup = |received_at| RollUp {
            start: START,
            began: DateTime::MIN,
            received_at: DateTime::from_millis(received_at),
            rows: vec![],
        };
        let kept = i64::try_from(KEPT.as_millis()).unwrap();
        let now = DateTime::from_millis(kept + 5_000);
        for (received, expected) in [(5_000, false), (5_001, true), (kept + 9_000, true)] {
            assert_eq!(rollup(received).is_in_time(now), expected, "{received}");
        }
    }
}
