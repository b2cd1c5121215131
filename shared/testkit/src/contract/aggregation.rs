//! The contract of [`Aggregation`], checked against an independent computation.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

pub(super) mod reference;

use domain::aggregate::{AggregateQuery, AggregateRow, Bucket, GroupBy, Only};
use domain::ports::{Aggregation, EventLog};
use domain::{Event, TenantId};
use time::Duration;
use time::macros::datetime;

use super::beside;
use crate::build::{request, session};

fn query(group_by: &[GroupBy]) -> AggregateQuery {
    AggregateQuery {
        group_by: group_by.to_vec(),
        bucket: Bucket::default(),
        from: None,
        to: None,
        only: Only::default(),
        limit: 10_000,
    }
}

async fn check(
    aggregation: &dyn Aggregation,
    tenant: &TenantId,
    events: &[Event],
    query: &AggregateQuery,
) {
    let rows = aggregation.aggregate(tenant, query).await.unwrap();
    let expected = reference::aggregate(events, query);
    assert_eq!(rows.len(), expected.len(), "{query:?}");
    for (row, expected) in rows.iter().zip(&expected) {
        // The mean may be summed in another order; everything else is exact.
        let close = (row.mean - expected.mean).abs() <= 1e-9 * expected.mean.abs();
        assert!(close, "{query:?}: mean {} for {expected:?}", row.mean);
        let row = AggregateRow {
            mean: expected.mean,
            ..row.clone()
        };
        assert_eq!(&row, expected, "{query:?}");
    }
}

/// Without requests there are no rows.
pub async fn nothing_makes_no_rows(
    log: &dyn EventLog,
    aggregation: &dyn Aggregation,
    tenant: &TenantId,
) {
    let started = session("s", "2017-05-16T00:00:00Z", "s", "start");
    log.append(tenant, &[started]).await.unwrap();
    for group_by in [&[][..], &[GroupBy::Service], &[GroupBy::Time]] {
        check(aggregation, tenant, &[], &query(group_by)).await;
    }
}

/// Percentiles are values that occurred, by the nearest-rank method: for 1, 2, 20, 100 and 101
/// rows, where rounding would show.
pub async fn percentiles_are_by_nearest_rank(
    log: &dyn EventLog,
    aggregation: &dyn Aggregation,
    tenant: &TenantId,
) {
    for size in [1_u32, 2, 3, 19, 20, 21, 99, 100, 101, 200] {
        let tenant = beside(tenant, size);
        let events: Vec<_> = (1..=size)
            .map(|n| {
                request(
                    &format!("r{n}"),
                    "2017-05-16T00:00:00Z",
                    "ann",
                    f64::from(n),
                )
            })
            .collect();
        log.append(&tenant, &events).await.unwrap();
        let row = &aggregation.aggregate(&tenant, &query(&[])).await.unwrap()[0];
        let rank = |percent: u32| f64::from((percent * size).div_ceil(100));
        assert_eq!(
            [row.p50, row.p95, row.p99].map(f64::to_bits),
            [rank(50), rank(95), rank(99)].map(f64::to_bits),
            "{size} rows"
        );
    }
}

/// Every way of grouping gives what the reference gives over random requests with ties, groups of
/// one and every kind of bucket.
pub async fn every_grouping_agrees_with_the_reference(
    log: &dyn EventLog,
    aggregation: &dyn Aggregation,
    tenant: &TenantId,
) {
    use GroupBy::{Method, Path, Route, Service, Status, StatusClass, Time, User};
    let events = reference::requests(700);
    log.append(tenant, &events).await.unwrap();
    for group_by in [
        &[][..],
        &[Service],
        &[Path],
        &[Status],
        &[Time],
        &[Service, Status],
        &[Status, Service],
        &[Time, Service],
        &[Path, Time],
        &[Service, Path, Status, Time],
        &[Service, Service],
        &[Route],
        &[Method, StatusClass],
        &[User],
        &[User, Service, Time],
    ] {
        for bucket in [Bucket::Minute, Bucket::Hour, Bucket::Day] {
            let query = AggregateQuery {
                bucket,
                ..query(group_by)
            };
            check(aggregation, tenant, &events, &query).await;
            if !group_by.contains(&Time) {
                break;
            }
        }
    }
}

/// Every filter leaves out what it should, alone and with others.
pub async fn filters_agree_with_the_reference(
    log: &dyn EventLog,
    aggregation: &dyn Aggregation,
    tenant: &TenantId,
) {
    let events = reference::requests(500);
    log.append(tenant, &events).await.unwrap();
    let list = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (from, none) = (
        Some(datetime!(2017-05-15 00:00:00.000_250 UTC)),
        Only::default(),
    );
    for only in [
        Only {
            service: list(&["shop", "mail.x"]),
            ..none.clone()
        },
        Only {
            path: list(&["/Items"]),
            ..none.clone()
        },
        Only {
            route: list(&["/items/{id}", "/"]),
            ..none.clone()
        },
        Only {
            method: list(&["POST"]),
            ..none.clone()
        },
        Only {
            status: vec![404, 500],
            ..none.clone()
        },
        Only {
            status_class: list(&["5xx", "2xx"]),
            ..none.clone()
        },
        Only {
            status_class: list(&["5xx"]),
            status: vec![200],
            ..none.clone()
        },
        Only {
            user: list(&["ann", "nobody"]),
            service: list(&["shop"]),
            ..none.clone()
        },
        Only {
            service: list(&["nothing"]),
            ..none.clone()
        },
    ] {
        for from in [None, from] {
            let only = only.clone();
            let query = AggregateQuery {
                only,
                from,
                ..query(&[GroupBy::Service, GroupBy::StatusClass])
            };
            check(aggregation, tenant, &events, &query).await;
        }
    }
}

/// Only so many rows are given: the first of the whole answer.
pub async fn the_limit_cuts_the_end_off(
    log: &dyn EventLog,
    aggregation: &dyn Aggregation,
    tenant: &TenantId,
) {
    let events = reference::requests(300);
    log.append(tenant, &events).await.unwrap();
    for limit in [1, 2, 7, 1_000] {
        let query = AggregateQuery {
            limit,
            ..query(&[GroupBy::Path, GroupBy::Status])
        };
        check(aggregation, tenant, &events, &query).await;
    }
}

/// The range includes its start and excludes its end, to the last digit of the time.
pub async fn the_range_is_half_open(
    log: &dyn EventLog,
    aggregation: &dyn Aggregation,
    tenant: &TenantId,
) {
    let first = datetime!(2017-05-16 00:00:00.000_250 UTC);
    let step = Duration::microseconds(250);
    let events: Vec<_> = (0..12)
        .map(|n| {
            let mut event = request(
                &format!("r{n}"),
                "2017-05-16T00:00:00Z",
                "ann",
                f64::from(n),
            );
            event.at = first + step * n;
            event
        })
        .collect();
    log.append(tenant, &events).await.unwrap();
    for (from, to) in [(0, 12), (1, 11), (3, 8), (4, 9), (5, 5), (-20, 3), (7, 90)] {
        for nudge in [Duration::ZERO, Duration::nanoseconds(1)] {
            let query = AggregateQuery {
                from: Some(first + step * from + nudge),
                to: Some(first + step * to + nudge),
                ..query(&[])
            };
            check(aggregation, tenant, &events, &query).await;
            check(
                aggregation,
                tenant,
                &events,
                &AggregateQuery {
                    from: None,
                    ..query.clone()
                },
            )
            .await;
            check(
                aggregation,
                tenant,
                &events,
                &AggregateQuery { to: None, ..query },
            )
            .await;
        }
    }
}

/// Another tenant's requests are in no row.
pub async fn tenants_are_apart(
    log: &dyn EventLog,
    aggregation: &dyn Aggregation,
    tenant: &TenantId,
) {
    let other = beside(tenant, "other");
    let events = reference::requests(40);
    log.append(tenant, &events[..30]).await.unwrap();
    log.append(&other, &events[20..]).await.unwrap();
    let query = query(&[GroupBy::Service]);
    check(aggregation, tenant, &events[..30], &query).await;
    check(aggregation, &other, &events[20..], &query).await;
}
