//! The contract of [`ResponseTimes`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::TenantId;
use domain::ports::{EventLog, ResponseTimes};
use time::OffsetDateTime;
use time::macros::datetime;

use super::beside;
use crate::build::{request, session};

async fn assert_mean(
    times: &dyn ResponseTimes,
    tenant: &TenantId,
    from: Option<OffsetDateTime>,
    expected: Option<f64>,
) {
    let mean = times.mean(tenant, from).await.unwrap();
    let close = match (mean, expected) {
        (Some(mean), Some(expected)) => (mean - expected).abs() < 1e-9,
        (mean, expected) => mean.is_none() && expected.is_none(),
    };
    assert!(close, "from {from:?}: {mean:?} instead of {expected:?}");
}

/// Without requests there is no mean, whatever else happened.
pub async fn without_requests_there_is_no_mean(
    log: &dyn EventLog,
    times: &dyn ResponseTimes,
    tenant: &TenantId,
) {
    assert_mean(times, tenant, None, None).await;
    let started = session("s", "2017-05-16T00:00:00Z", "s", "start");
    log.append(tenant, &[started]).await.unwrap();
    assert_mean(times, tenant, None, None).await;
}

/// The window includes its start, to the last digit of the time.
pub async fn the_window_starts_at_its_start(
    log: &dyn EventLog,
    times: &dyn ResponseTimes,
    tenant: &TenantId,
) {
    let events = [
        request("1", "2017-05-16T00:00:00Z", "ann", 1.0),
        request("2", "2017-05-16T00:00:01.0001Z", "ann", 2.0),
        request("3", "2017-05-16T00:00:01.0002Z", "ann", 6.0),
    ];
    log.append(tenant, &events).await.unwrap();
    for (from, expected) in [
        (None, Some(3.0)),
        (Some(datetime!(2017-05-16 00:00 UTC)), Some(3.0)),
        (Some(datetime!(2017-05-16 02:00 +02:00)), Some(3.0)),
        (
            Some(datetime!(2017-05-16 00:00:00.000_000_001 UTC)),
            Some(4.0),
        ),
        (Some(datetime!(2017-05-16 00:00:01 UTC)), Some(4.0)),
        (Some(datetime!(2017-05-16 00:00:01.0001 UTC)), Some(4.0)),
        (Some(datetime!(2017-05-16 00:00:01.000_150 UTC)), Some(6.0)),
        (Some(datetime!(2017-05-16 00:00:01.0003 UTC)), None),
        (Some(datetime!(2020-01-01 00:00 UTC)), None),
    ] {
        assert_mean(times, tenant, from, expected).await;
    }
}

/// An event that came twice counts once, and in its own tenant only.
pub async fn each_event_counts_once_and_in_its_tenant(
    log: &dyn EventLog,
    times: &dyn ResponseTimes,
    tenant: &TenantId,
) {
    let at = "2017-05-16T00:00:00Z";
    let other = beside(tenant, "other");
    let ours = [request("1", at, "ann", 1.0), request("2", at, "ann", 2.0)];
    for batch in [&ours[..], &ours[..1]] {
        log.append(tenant, batch).await.unwrap();
    }
    log.append(&other, &[request("1", at, "ann", 100.0)])
        .await
        .unwrap();
    assert_mean(times, tenant, None, Some(1.5)).await;
    assert_mean(times, &other, None, Some(100.0)).await;
}
