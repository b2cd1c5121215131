//! The contract of [`RateLimit`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::TenantId;
use domain::ports::RateLimit;
use domain::rate::{Granted, Rate};
use futures::future::join_all;
use time::{Duration, OffsetDateTime};

use super::beside;
use crate::build::NOW;

/// Ten a second, five at once.
const RATE: Rate = Rate {
    per_minute: 600,
    burst: 5,
};

/// The whole contract.
pub async fn all(limit: &dyn RateLimit, tenant: &TenantId) {
    submissions_are_counted_as_the_rate_says(limit, &beside(tenant, "one")).await;
    submissions_at_once_are_each_counted(limit, &beside(tenant, "many")).await;
    tenants_are_counted_apart(limit, tenant).await;
    a_changed_rate_counts_from_then_on(limit, &beside(tenant, "changed")).await;
}

async fn take(limit: &dyn RateLimit, tenant: &TenantId, wanted: u32) -> Granted {
    limit.take(tenant, wanted, NOW, RATE).await.unwrap()
}

/// Through burst, refusal, a part of what is wanted, and pause.
pub async fn submissions_are_counted_as_the_rate_says(limit: &dyn RateLimit, tenant: &TenantId) {
    let (mut now, mut meter): (OffsetDateTime, _) = (NOW, None);
    let asked = [
        (0, 1),
        (0, 2),
        (0, 4),
        (0, 1),
        (99, 1),
        (1, 1),
        (50, 0),
        (250, 9),
        (0, 1),
        (5_000, 3),
        (1, 3),
        (1, 1),
    ];
    for (n, (gap, wanted)) in asked.into_iter().enumerate() {
        now += Duration::milliseconds(gap);
        let (expected, next) = RATE.take(meter, now, wanted);
        meter = Some(next);
        let granted = limit.take(tenant, wanted, now, RATE).await.unwrap();
        assert_eq!(granted, expected, "call {n}");
    }
}

/// None goes unnoticed: as many are granted as if they had come one after the other.
pub async fn submissions_at_once_are_each_counted(limit: &dyn RateLimit, tenant: &TenantId) {
    let granted = join_all((0..12).map(|_| take(limit, tenant, 1))).await;
    let count: u32 = granted.iter().map(|granted| granted.count).sum();
    assert_eq!(count, RATE.burst, "{granted:?}");
}

/// One that submits too much takes nothing from another.
pub async fn tenants_are_counted_apart(limit: &dyn RateLimit, tenant: &TenantId) {
    assert_eq!(take(limit, tenant, 100).await.count, RATE.burst);
    assert_eq!(take(limit, tenant, 1).await.count, 0);
    assert_eq!(take(limit, &beside(tenant, "other"), 1).await.count, 1);
}

/// Also where it is slower than the one by which the meter was moved.
pub async fn a_changed_rate_counts_from_then_on(limit: &dyn RateLimit, tenant: &TenantId) {
    assert_eq!(take(limit, tenant, 5).await.count, 5);
    let larger = Rate { burst: 8, ..RATE };
    let granted = limit.take(tenant, 5, NOW, larger).await.unwrap();
    assert_eq!(granted.count, 3);
    assert_eq!(take(limit, tenant, 1).await.count, 0);
}
