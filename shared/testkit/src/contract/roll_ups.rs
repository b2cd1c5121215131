//! The contract of [`RollUps`], beside those of the log and of the figures that they are for.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration as Wait;

use domain::aggregate::Bucket;
use domain::ports::{EventLog, OutdatedHours, RollUps, TimeSeries};
use domain::{Event, TenantId};
use futures::future::{join, join_all};
use time::{OffsetDateTime, Time};

use super::aggregation::reference;
use super::beside;
use super::time_series::{check, query};
use crate::build::{request, session};

/// More hours than all tests at once leave outdated.
const ALL: usize = 100_000;
/// How long to wait until an append has settled.
const PATIENCE: Wait = Wait::from_secs(20);

async fn outdated(roll_ups: &dyn RollUps, tenant: &TenantId) -> Vec<OutdatedHours> {
    let mut outdated = roll_ups.outdated(ALL).await.unwrap();
    outdated.retain(|of| of.tenant == *tenant);
    outdated
}

fn hours(outdated: &[OutdatedHours]) -> BTreeSet<OffsetDateTime> {
    let hours = outdated.iter().flat_map(|of| &of.hours);
    hours.copied().collect()
}

fn hours_of(events: &[Event]) -> BTreeSet<OffsetDateTime> {
    let start = |at: OffsetDateTime| Time::from_hms(at.hour(), 0, 0).unwrap();
    let hours = events
        .iter()
        .map(|event| event.at.replace_time(start(event.at)));
    hours.collect()
}

/// What is outdated, once these hours are.
async fn settled(
    roll_ups: &dyn RollUps,
    tenant: &TenantId,
    expected: &BTreeSet<OffsetDateTime>,
) -> Vec<OutdatedHours> {
    let until_they_are = async {
        loop {
            let found = outdated(roll_ups, tenant).await;
            if hours(&found).is_superset(expected) {
                return found;
            }
            tokio::time::sleep(Wait::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, until_they_are)
        .await
        .unwrap()
}

/// Rolls up until nothing is outdated.
async fn roll_all_up(
    roll_ups: &dyn RollUps,
    tenant: &TenantId,
    touched: &BTreeSet<OffsetDateTime>,
) {
    let mut found = settled(roll_ups, tenant, touched).await;
    while !found.is_empty() {
        for of in &found {
            roll_ups.roll_up(of).await.unwrap();
        }
        found = outdated(roll_ups, tenant).await;
    }
}

async fn all_is_right(series: &dyn TimeSeries, tenant: &TenantId, events: &[Event]) {
    for bucket in [Bucket::Hour, Bucket::Day] {
        for by_service in [false, true] {
            check(series, tenant, events, &query(bucket, by_service)).await;
        }
    }
}

/// The hours of requests are outdated until they were rolled up, each in its day, and nothing else
/// is; figures are the reference's before, in between and after.
pub async fn hours_with_requests_are_outdated_until_rolled_up(
    log: &dyn EventLog,
    series: &dyn TimeSeries,
    roll_ups: &dyn RollUps,
    tenant: &TenantId,
) {
    let started = session("s", "2017-05-16T00:00:00Z", "s", "start");
    log.append(tenant, &[started]).await.unwrap();
    let events = reference::requests(600);
    log.append(tenant, &events).await.unwrap();
    let found = settled(roll_ups, tenant, &hours_of(&events)).await;
    assert_eq!(hours(&found), hours_of(&events));
    for of in &found {
        let days = of
            .hours
            .iter()
            .map(|hour| hour.replace_time(Time::MIDNIGHT));
        assert!(days.into_iter().all(|day| day == of.day), "{of:?}");
    }
    let days: BTreeSet<_> = found.iter().map(|of| of.day).collect();
    assert_eq!(days.len(), found.len(), "each day is there once");

    let (first, rest) = found.split_first().unwrap();
    roll_ups.roll_up(first).await.unwrap();
    assert_eq!(hours(&outdated(roll_ups, tenant).await), hours(rest));
    all_is_right(series, tenant, &events).await;
    roll_all_up(roll_ups, tenant, &hours(rest)).await;
    all_is_right(series, tenant, &events).await;
}

/// Events that come late and events that are sent again make their hours outdated once more; the
/// former count at once, the latter never twice.
pub async fn late_and_repeated_events_outdate_their_hours(
    log: &dyn EventLog,
    series: &dyn TimeSeries,
    roll_ups: &dyn RollUps,
    tenant: &TenantId,
) {
    let events = reference::requests(200);
    let (early, late) = events.split_at(180);
    log.append(tenant, early).await.unwrap();
    roll_all_up(roll_ups, tenant, &hours_of(early)).await;
    log.append(tenant, late).await.unwrap();
    all_is_right(series, tenant, &events).await;
    let found = settled(roll_ups, tenant, &hours_of(late)).await;
    assert_eq!(hours(&found), hours_of(late));
    roll_all_up(roll_ups, tenant, &hours_of(late)).await;
    all_is_right(series, tenant, &events).await;
    log.append(tenant, &events[..50]).await.unwrap();
    roll_all_up(roll_ups, tenant, &hours_of(&events[..50])).await;
    all_is_right(series, tenant, &events).await;
}

/// While several append and several roll up, every answer counts all that was confirmed before it
/// was asked; and once they are done nothing is missing.
pub async fn nothing_is_lost_beside_appends(
    log: &dyn EventLog,
    series: &dyn TimeSeries,
    roll_ups: &dyn RollUps,
    tenant: &TenantId,
) {
    let events = reference::requests(300);
    let (confirmed, running) = (AtomicUsize::new(0), AtomicUsize::new(3));
    let append = async |part: usize| {
        for batch in events.chunks(100).nth(part).unwrap().chunks(10) {
            log.append(tenant, batch).await.unwrap();
            confirmed.fetch_add(batch.len(), Ordering::SeqCst);
            tokio::time::sleep(Wait::from_millis(120)).await;
        }
        running.fetch_sub(1, Ordering::SeqCst);
    };
    let sweep = async |_| {
        while running.load(Ordering::SeqCst) > 0 {
            for of in outdated(roll_ups, tenant).await {
                roll_ups.roll_up(&of).await.unwrap();
            }
            tokio::time::sleep(Wait::from_millis(20)).await;
        }
    };
    let read = async |by_service| {
        while running.load(Ordering::SeqCst) > 0 {
            let least = confirmed.load(Ordering::SeqCst);
            let query = query(Bucket::Hour, by_service);
            let rows = series.rows(tenant, &query).await.unwrap();
            let counted: u64 = rows.iter().map(|row| row.figures.count).sum();
            assert!(
                usize::try_from(counted).unwrap() >= least,
                "{counted} of {least}"
            );
            tokio::time::sleep(Wait::from_millis(20)).await;
        }
    };
    let beside = join(
        join_all((0..2).map(sweep)),
        join_all([false, true].map(read)),
    );
    join(join_all((0..3).map(append)), beside).await;
    roll_all_up(roll_ups, tenant, &BTreeSet::new()).await;
    all_is_right(series, tenant, &events).await;
}

/// What was put off is behind the others, and is still there; what is not outdated does not become
/// so.
pub async fn what_is_put_off_goes_behind_the_others(
    log: &dyn EventLog,
    _series: &dyn TimeSeries,
    roll_ups: &dyn RollUps,
    tenant: &TenantId,
) {
    let other = beside(tenant, "other");
    let both = async || {
        let found = roll_ups.outdated(ALL).await.unwrap();
        let ours = found
            .into_iter()
            .filter(|of| of.tenant == *tenant || of.tenant == other);
        ours.collect::<Vec<_>>()
    };
    for (tenant, id) in [(tenant, "1"), (&other, "2")] {
        let event = request(id, "2017-05-16T12:00:00Z", "ann", 1.0);
        log.append(tenant, &[event]).await.unwrap();
        // So that the clock of whatever store moves on.
        tokio::time::sleep(Wait::from_millis(5)).await;
    }
    let event = request("1", "2017-05-16T12:00:00Z", "ann", 1.0);
    settled(roll_ups, &other, &hours_of(&[event])).await;
    let found = both().await;
    let order: Vec<_> = found.iter().map(|of| &of.tenant).collect();
    assert_eq!(order, [tenant, &other]);
    roll_ups.postpone(&found[0]).await.unwrap();
    settled(roll_ups, tenant, &hours(&found[..1])).await;
    let later = both().await;
    assert_eq!(later, [found[1].clone(), found[0].clone()]);
    assert!(roll_ups.outdated(1).await.unwrap().len() <= 1);

    roll_ups.roll_up(&found[1]).await.unwrap();
    roll_ups.postpone(&found[1]).await.unwrap();
    tokio::time::sleep(Wait::from_millis(5)).await;
    assert_eq!(both().await, [found[0].clone()]);
}
