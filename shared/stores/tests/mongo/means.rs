//! The mean is that of the requests, whatever of them is rolled up.

use std::time::Duration as Wait;

use domain::event::What;
use domain::ports::{EventLog, ResponseTimes, RollUps};
use domain::{Event, TenantId};
use stores::mongo::Events;
use testkit::build::{NOW, request, tenant};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::rollups::{due, outdated, remove_requests};
use super::{clean, store};

/// Of all, of days and hours, and of stretches that begin in the middle of them.
fn windows() -> [Option<OffsetDateTime>; 7] {
    let before = |age| Some(NOW - age);
    [
        None,
        before(Duration::MINUTE),
        before(Duration::HOUR),
        before(Duration::hours(24)),
        before(Duration::hours(31) + Duration::milliseconds(1_234_567)),
        before(Duration::DAY * 7),
        before(Duration::DAY * 7 + Duration::NANOSECOND),
    ]
}

/// So many, every two hours and a little more for twenty days until now. Some at the very start of an hour.
fn spread(count: i32) -> Vec<Event> {
    let one = |n: i32| {
        let minute = i64::from(n % 7) * 8;
        let at = NOW - Duration::hours(2) * n - Duration::minutes(minute);
        let time = f64::from(n * n % 1_013) / 8.0;
        request(&format!("e{n}"), &at.format(&Rfc3339).unwrap(), "ann", time)
    };
    (0..count).map(one).collect()
}

fn expected(events: &[Event], from: Option<OffsetDateTime>) -> f64 {
    let since = |event: &&Event| from.is_none_or(|from| event.at >= from);
    let times = events.iter().filter(since);
    let times = times.filter_map(|event| match &event.what {
        What::Request(request) => Some(request.response_time_ms),
        _ => None,
    });
    let times: Vec<_> = times.collect();
    times.iter().sum::<f64>() / f64::from(u32::try_from(times.len()).unwrap())
}

async fn check(store: &Events, tenant: &TenantId, events: &[Event]) {
    for from in windows() {
        let expected = expected(events, from);
        let mean = store.mean(tenant, from).await.unwrap().unwrap();
        assert!(
            (mean - expected).abs() < 1e-9,
            "{from:?}: {mean} instead of {expected}"
        );
    }
}

#[tokio::test]
async fn it_is_the_same_before_while_and_after_hours_are_rolled_up() {
    let (store, tenant) = (store().await, tenant());
    let store = store.settled_after(Wait::ZERO);
    let events = spread(240);
    let (early, late) = events.split_at(230);
    store.append(&tenant, early).await.unwrap();
    check(&store, &tenant, early).await;

    assert!(due(&tenant, Wait::from_secs(5)).await > 90);
    let days = outdated(&store, &tenant).await;
    assert!(days.len() > 18, "{}", days.len());
    // Every third day is left, so that what holds and what does not lie beside each other.
    for (place, day) in days.iter().enumerate() {
        if place % 3 > 0 {
            store.roll_up(day).await.unwrap();
        }
    }
    check(&store, &tenant, early).await;
    for day in &days {
        store.roll_up(day).await.unwrap();
    }
    check(&store, &tenant, early).await;

    // Some in days that are rolled up, and one in the hour that goes on.
    let mut all = events.clone();
    all.push(request("now", "2026-03-01T11:59:59.999Z", "bob", 400.0));
    store.append(&tenant, late).await.unwrap();
    store.append(&tenant, &all[240..]).await.unwrap();
    check(&store, &tenant, &all).await;
    clean(&tenant).await;
}

#[tokio::test]
async fn what_is_rolled_up_is_not_read_again() {
    let (store, tenant) = (store().await, tenant());
    let store = store.settled_after(Wait::ZERO);
    let events = spread(100);
    store.append(&tenant, &events).await.unwrap();
    assert!(due(&tenant, Wait::from_secs(5)).await > 90);
    for day in outdated(&store, &tenant).await {
        store.roll_up(&day).await.unwrap();
    }
    remove_requests(&tenant).await;
    // The one of noon lies in the hour that goes on.
    let kept = &events[1..];
    for from in [None, Some(NOW - Duration::hours(24))] {
        let mean = store.mean(&tenant, from).await.unwrap().unwrap();
        assert!((mean - expected(kept, from)).abs() < 1e-9, "{from:?}");
    }
    // A late one makes its whole day be read again, of which nothing else is there.
    let late = request("late", "2026-02-20T05:00:00Z", "bob", 77.0);
    store.append(&tenant, &[late]).await.unwrap();
    let day = |event: &&Event| event.at.date() != time::macros::date!(2026 - 02 - 20);
    let mut rest: Vec<_> = kept.iter().filter(day).cloned().collect();
    rest.push(request("late", "2026-02-20T05:00:00Z", "bob", 77.0));
    let mean = store.mean(&tenant, None).await.unwrap().unwrap();
    assert!((mean - expected(&rest, None)).abs() < 1e-9);
    clean(&tenant).await;
}
