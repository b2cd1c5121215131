//! The contract of [`Spending`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::model::{Reservation, Reserved, SpendLimits};
use domain::ports::Spending;
use domain::{TenantId, Usd};
use futures::future::join_all;

use super::beside;
use crate::build::{self, NOW};

const LIMITS: SpendLimits = SpendLimits {
    task: Usd::from_nanos(100),
    tenant: Usd::from_nanos(250),
};

/// The whole contract.
pub async fn all(spending: &dyn Spending, tenant: &TenantId) {
    a_task_stays_within_its_limit(spending, &beside(tenant, "task")).await;
    a_tenant_stays_within_its_day(spending, &beside(tenant, "day")).await;
    what_is_refused_counts_nowhere(spending, &beside(tenant, "refused")).await;
    what_is_not_spent_is_given_back(spending, &beside(tenant, "settled")).await;
    amounts_at_once_are_each_counted(spending, &beside(tenant, "many")).await;
}

fn on_a_new_task(tenant: &TenantId, nanos: u64) -> Reservation {
    Reservation {
        tenant: tenant.clone(),
        task: build::request_id(),
        day: NOW.date(),
        amount: Usd::from_nanos(nanos),
    }
}

async fn reserve(spending: &dyn Spending, reservation: &Reservation) -> Reserved {
    spending.reserve(reservation, LIMITS, NOW).await.unwrap()
}

/// Up to the limit itself, over several reservations.
pub async fn a_task_stays_within_its_limit(spending: &dyn Spending, tenant: &TenantId) {
    let some = on_a_new_task(tenant, 40);
    assert_eq!(reserve(spending, &some).await, Reserved::Granted);
    assert_eq!(reserve(spending, &some).await, Reserved::Granted);
    assert_eq!(reserve(spending, &some).await, Reserved::TaskLimit);
    let rest = Reservation {
        amount: Usd::from_nanos(20),
        ..some
    };
    assert_eq!(reserve(spending, &rest).await, Reserved::Granted);
    assert_eq!(
        reserve(spending, &on_a_new_task(tenant, 101)).await,
        Reserved::TaskLimit
    );
}

/// Over all its tasks; another day is another matter, and another tenant too.
pub async fn a_tenant_stays_within_its_day(spending: &dyn Spending, tenant: &TenantId) {
    for expected in [Reserved::Granted, Reserved::Granted, Reserved::TenantLimit] {
        assert_eq!(
            reserve(spending, &on_a_new_task(tenant, 100)).await,
            expected
        );
    }
    let tomorrow = Reservation {
        day: NOW.date().next_day().unwrap(),
        ..on_a_new_task(tenant, 100)
    };
    assert_eq!(reserve(spending, &tomorrow).await, Reserved::Granted);
    let other = beside(tenant, "other");
    assert_eq!(
        reserve(spending, &on_a_new_task(&other, 100)).await,
        Reserved::Granted
    );
}

/// Not with the task where it is the tenant's limit, nor the other way round.
pub async fn what_is_refused_counts_nowhere(spending: &dyn Spending, tenant: &TenantId) {
    assert_eq!(
        reserve(spending, &on_a_new_task(tenant, 100)).await,
        Reserved::Granted
    );
    assert_eq!(
        reserve(spending, &on_a_new_task(tenant, 100)).await,
        Reserved::Granted
    );
    let task = on_a_new_task(tenant, 60);
    assert_eq!(reserve(spending, &task).await, Reserved::TenantLimit);
    let tomorrow = Reservation {
        day: NOW.date().next_day().unwrap(),
        amount: Usd::from_nanos(100),
        ..task.clone()
    };
    assert_eq!(reserve(spending, &tomorrow).await, Reserved::Granted);
    assert_eq!(reserve(spending, &tomorrow).await, Reserved::TaskLimit);
    let small = on_a_new_task(tenant, 50);
    assert_eq!(reserve(spending, &small).await, Reserved::Granted);
}

/// Then others may spend it.
pub async fn what_is_not_spent_is_given_back(spending: &dyn Spending, tenant: &TenantId) {
    let all = on_a_new_task(tenant, 100);
    assert_eq!(reserve(spending, &all).await, Reserved::Granted);
    spending.settle(&all, Usd::from_nanos(30)).await.unwrap();
    let rest = Reservation {
        amount: Usd::from_nanos(70),
        ..all
    };
    assert_eq!(reserve(spending, &rest).await, Reserved::Granted);
    assert_eq!(reserve(spending, &rest).await, Reserved::TaskLimit);
    // An estimate may have been too low: then more counts than was set aside.
    spending.settle(&rest, Usd::from_nanos(80)).await.unwrap();
    let one = Reservation {
        amount: Usd::from_nanos(1),
        ..rest
    };
    assert_eq!(reserve(spending, &one).await, Reserved::TaskLimit);
}

/// None goes unnoticed.
pub async fn amounts_at_once_are_each_counted(spending: &dyn Spending, tenant: &TenantId) {
    let task = on_a_new_task(tenant, 30);
    let at_once = join_all((0..6).map(|_| reserve(spending, &task))).await;
    let granted = at_once
        .iter()
        .filter(|reserved| **reserved == Reserved::Granted);
    assert_eq!(granted.count(), 3, "{at_once:?}");
}
