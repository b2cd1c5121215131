//! What is spent, in memory.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::Usd;
use domain::model::{Reservation, Reserved, SpendLimits};
use domain::ports::{PortError, Spending};
use time::OffsetDateTime;

use super::{Faults, Kept};

/// Counts what is spent. Calls are named `spending.reserve`, `spending.settle`.
#[derive(Debug, Default)]
pub struct MemorySpending {
    counted: Kept<HashMap<String, Usd>>,
    faults: Faults,
}

impl MemorySpending {
    /// Nothing spent yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// What is set aside and spent on the reservation's task.
    pub fn on_task(&self, reservation: &Reservation) -> Usd {
        let [task, _] = accounts(reservation);
        self.counted.lock().get(&task).copied().unwrap_or_default()
    }

    /// What is set aside and spent in all, over all tasks.
    pub fn in_all(&self) -> Usd {
        let counted = self.counted.lock();
        let days = counted
            .iter()
            .filter(|(account, _)| account.contains(" day "));
        days.map(|(_, amount)| *amount).sum()
    }
}

fn accounts(reservation: &Reservation) -> [String; 2] {
    let Reservation {
        tenant, task, day, ..
    } = reservation;
    [
        format!("{tenant} task {task}"),
        format!("{tenant} day {day}"),
    ]
}

#[async_trait]
impl Spending for MemorySpending {
    async fn reserve(
        &self,
        reservation: &Reservation,
        limits: SpendLimits,
        _: OffsetDateTime,
    ) -> Result<Reserved, PortError> {
        let reserve = || {
            let mut counted = self.counted.lock();
            let accounts = accounts(reservation);
            let after = accounts.clone().map(|account| {
                counted.get(&account).copied().unwrap_or_default() + reservation.amount
            });
            if after[0] > limits.task {
                return Ok(Reserved::TaskLimit);
            }
            if after[1] > limits.tenant {
                return Ok(Reserved::TenantLimit);
            }
            counted.extend(accounts.into_iter().zip(after));
            Ok(Reserved::Granted)
        };
        self.faults.around("spending.reserve", reserve).await
    }

    async fn settle(&self, reservation: &Reservation, spent: Usd) -> Result<(), PortError> {
        let settle = || {
            let mut counted = self.counted.lock();
            for account in accounts(reservation) {
                let amount = counted.entry(account).or_default();
                *amount = amount.less(reservation.amount) + spent;
            }
            Ok(())
        };
        self.faults.around("spending.settle", settle).await
    }
}
