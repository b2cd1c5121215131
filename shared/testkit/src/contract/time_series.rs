//! The contract of [`TimeSeries`], checked against an independent computation.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration as Wait;

use domain::aggregate::{AggregateQuery, Bucket, GroupBy, Only};
use domain::event::What;
use domain::ports::{EventLog, SeriesError, TimeSeries};
use domain::series::{Figures, SeriesQuery, SeriesRow, Span};
use domain::{Event, TenantId};
use futures::future::{join, join_all};
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::aggregation::reference;
use super::beside;
use crate::build::{request, session};

/// Where the reference's requests are.
const FROM: OffsetDateTime = datetime!(2017-05-14 03:20 UTC);
const TO: OffsetDateTime = datetime!(2017-05-18 09:00 UTC);

pub(super) fn query(bucket: Bucket, by_service: bool) -> SeriesQuery {
    // As much of the time as there may be minutes.
    let from = if bucket == Bucket::Minute {
        TO - Duration::hours(50)
    } else {
        FROM
    };
    let to = from + (TO - from).min(bucket.length() * 1_400);
    SeriesQuery {
        span: Span::covering(bucket, from, to).unwrap(),
        by_service,
        most_rows: 10_000,
    }
}

/// What the rows must be.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "counts of a test are small"
)]
fn expected(events: &[Event], query: &SeriesQuery) -> Vec<SeriesRow> {
    let by_service = [GroupBy::Time, GroupBy::Service];
    let aggregate = AggregateQuery {
        group_by: by_service[..=usize::from(query.by_service)].to_vec(),
        bucket: query.span.bucket(),
        from: Some(query.span.from()),
        to: Some(query.span.to()),
        only: Only::default(),
        limit: usize::MAX,
    };
    let rows = reference::aggregate(events, &aggregate).into_iter();
    let rows = rows.map(|row| SeriesRow {
        start: OffsetDateTime::parse(row.groups["time"].as_str().unwrap(), &Rfc3339).unwrap(),
        service: row
            .groups
            .get("service")
            .map(|name| name.as_str().unwrap().into()),
        figures: Figures {
            count: row.count,
            errors: (row.error_rate * row.count as f64).round() as u64,
            unique_users: row.unique_users,
            mean: row.mean,
            p50: row.p50,
            p95: row.p95,
            p99: row.p99,
        },
    });
    sorted(rows.collect())
}

fn sorted(mut rows: Vec<SeriesRow>) -> Vec<SeriesRow> {
    rows.sort_by(|one, two| (one.start, &one.service).cmp(&(two.start, &two.service)));
    rows
}

pub(super) async fn check(
    series: &dyn TimeSeries,
    tenant: &TenantId,
    events: &[Event],
    query: &SeriesQuery,
) {
    let rows = sorted(series.rows(tenant, query).await.unwrap());
    let expected = expected(events, query);
    assert_eq!(rows.len(), expected.len(), "{query:?}");
    for (mut row, expected) in rows.into_iter().zip(expected) {
        // The mean may be summed in another order; everything else is exact.
        let (mean, wanted) = (row.figures.mean, expected.figures.mean);
        assert!(
            (mean - wanted).abs() <= 1e-9 * wanted.abs(),
            "{query:?}: {mean} for {expected:?}"
        );
        row.figures.mean = wanted;
        assert_eq!(row, expected, "{query:?}");
    }
}

/// Without requests there are no rows, whatever else happened.
pub async fn nothing_makes_no_rows(log: &dyn EventLog, series: &dyn TimeSeries, tenant: &TenantId) {
    let started = session("s", "2017-05-16T00:00:00Z", "s", "start");
    log.append(tenant, &[started]).await.unwrap();
    for bucket in [Bucket::Minute, Bucket::Hour, Bucket::Day] {
        check(series, tenant, &[], &query(bucket, true)).await;
        check(series, tenant, &[], &query(bucket, false)).await;
    }
}

/// Every kind of bucket gives what the reference gives, as often as it is asked, and for any part of
/// what was asked before.
pub async fn every_bucket_agrees_with_the_reference(
    log: &dyn EventLog,
    series: &dyn TimeSeries,
    tenant: &TenantId,
) {
    let events = reference::requests(600);
    log.append(tenant, &events).await.unwrap();
    for bucket in [Bucket::Minute, Bucket::Hour, Bucket::Day] {
        for by_service in [false, true] {
            let whole = query(bucket, by_service);
            let (third, count) = (whole.span.count() / 3, whole.span.count());
            for places in [third..2 * third, 0..count, 0..count, 1..count] {
                let span = whole.span.part(places).unwrap();
                check(series, tenant, &events, &SeriesQuery { span, ..whole }).await;
            }
        }
    }
}

/// A bucket includes its start and excludes its end, to the last digit of the time.
pub async fn buckets_are_half_open(log: &dyn EventLog, series: &dyn TimeSeries, tenant: &TenantId) {
    let noon = datetime!(2017-05-16 12:00 UTC);
    let midnight = datetime!(2017-05-16 00:00 UTC);
    let mut events = vec![];
    for (n, boundary) in [
        noon,
        noon + Duration::MINUTE,
        noon + Duration::HOUR,
        midnight,
    ]
    .into_iter()
    .enumerate()
    {
        for (m, nudge) in [-1_i32, 0, 1].into_iter().enumerate() {
            let (id, time) = (format!("{n}-{m}"), f64::from(nudge) + 2.0);
            let mut event = request(&id, "2017-05-16T00:00:00Z", "ann", time);
            event.at = boundary + Duration::nanoseconds(nudge.into());
            events.push(event);
        }
    }
    log.append(tenant, &events).await.unwrap();
    for bucket in [Bucket::Minute, Bucket::Hour, Bucket::Day] {
        let query = SeriesQuery {
            span: Span::covering(bucket, noon, noon + Duration::NANOSECOND).unwrap(),
            ..query(bucket, false)
        };
        check(series, tenant, &events, &query).await;
        check(series, tenant, &events, &query).await;
    }
}

/// Events that come late, of whatever time, count from the next answer on.
pub async fn late_events_show_at_once(
    log: &dyn EventLog,
    series: &dyn TimeSeries,
    tenant: &TenantId,
) {
    let events = reference::requests(240);
    let mut known = 0;
    for batch in [100, 1, 1, 60, 1, 77] {
        log.append(tenant, &events[known..known + batch])
            .await
            .unwrap();
        known += batch;
        for (bucket, by_service) in [(Bucket::Hour, false), (Bucket::Day, true)] {
            for _ in 0..2 {
                check(series, tenant, &events[..known], &query(bucket, by_service)).await;
            }
        }
    }
}

/// While several append, each answer counts all that was confirmed before it was asked and nothing
/// that was not begun; and once they are done it is the reference's.
pub async fn answers_keep_up_with_appends(
    log: &dyn EventLog,
    series: &dyn TimeSeries,
    tenant: &TenantId,
) {
    let events = reference::requests(360);
    let (begun, confirmed, running) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicUsize::new(3),
    );
    let append = async |part: usize| {
        for batch in events.chunks(120).nth(part).unwrap().chunks(10) {
            begun.fetch_add(batch.len(), Ordering::SeqCst);
            log.append(tenant, batch).await.unwrap();
            confirmed.fetch_add(batch.len(), Ordering::SeqCst);
            // Long enough for figures to be kept in between.
            tokio::time::sleep(Wait::from_millis(400)).await;
        }
        running.fetch_sub(1, Ordering::SeqCst);
    };
    let read = async |bucket, by_service| {
        while running.load(Ordering::SeqCst) > 0 {
            let least = confirmed.load(Ordering::SeqCst);
            let rows = series
                .rows(tenant, &query(bucket, by_service))
                .await
                .unwrap();
            let most = begun.load(Ordering::SeqCst);
            let counted: u64 = rows.iter().map(|row| row.figures.count).sum();
            let counted = usize::try_from(counted).unwrap();
            assert!(
                (least..=most).contains(&counted),
                "{least} to {most}: {counted}"
            );
            tokio::time::sleep(Wait::from_millis(20)).await;
        }
    };
    let appends = join_all((0..3).map(append));
    let reads = join(read(Bucket::Hour, false), read(Bucket::Day, true));
    join(appends, reads).await;
    for bucket in [Bucket::Hour, Bucket::Day] {
        for by_service in [false, true] {
            check(series, tenant, &events, &query(bucket, by_service)).await;
        }
    }
}

/// More rows than are wanted are refused and not cut, as often as it is asked.
pub async fn too_many_rows_are_refused(
    log: &dyn EventLog,
    series: &dyn TimeSeries,
    tenant: &TenantId,
) {
    let mut events = reference::requests(90);
    for (n, event) in events.iter_mut().enumerate() {
        if let What::Request(request) = &mut event.what {
            request.service = format!("service-{n}");
        }
    }
    log.append(tenant, &events).await.unwrap();
    for bucket in [Bucket::Hour, Bucket::Day] {
        for (most_rows, enough) in [(89, false), (90, true), (89, false), (0, false), (91, true)] {
            let query = SeriesQuery {
                most_rows,
                ..query(bucket, true)
            };
            if enough {
                check(series, tenant, &events, &query).await;
            } else {
                let refused = series.rows(tenant, &query).await;
                let most = most_rows;
                let as_it_should = matches!(
                    refused,
                    Err(SeriesError::TooManyRows { most: told }) if told == most
                );
                assert!(as_it_should, "{most} of {bucket:?}: {refused:?}");
            }
        }
    }
}

/// Another tenant's requests are in no row.
pub async fn tenants_are_apart(log: &dyn EventLog, series: &dyn TimeSeries, tenant: &TenantId) {
    let other = beside(tenant, "other");
    let events = reference::requests(40);
    for _ in 0..2 {
        log.append(tenant, &events[..30]).await.unwrap();
        log.append(&other, &events[20..]).await.unwrap();
        for bucket in [Bucket::Hour, Bucket::Day] {
            check(series, tenant, &events[..30], &query(bucket, true)).await;
            check(series, &other, &events[20..], &query(bucket, true)).await;
        }
    }
}
