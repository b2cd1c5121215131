//! What an attempt uses, and how much of that is stored with its task.
//!
//! Every write of a task that is ours, and every renewal of its lease, says what the task has used by
//! then: what it had used before this attempt, and this attempt's ledger and time. So writing twice
//! counts nothing twice, and a worker that is killed takes along only what came after its last sign
//! of life. Where the task is taken from us, what was not written yet is added beside it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::ledger::Ledger;
use domain::task::Phase;
use domain::{Task, Usage, causes};
use tokio::time::timeout;

use super::{Delivery, RunTask};
use crate::charges;
use crate::compute::{Compute, Stay};

/// How long adding what is left may take: nobody waits for it but the message's acknowledgement.
const PATIENCE: Duration = Duration::from_secs(1);

/// The write of what is left.
const LATE_WRITE: Usage = Usage {
    write_units: 1,
    ..Usage::NONE
};

/// The account of one attempt. Clones are the same account.
#[derive(Clone)]
pub(super) struct Account {
    ledger: Ledger,
    stay: Arc<Stay>,
    book: Arc<Mutex<Book>>,
}

#[derive(Default)]
struct Book {
    /// What the task had used before; none until it is ours.
    before: Option<Usage>,
    /// What of this attempt is stored.
    stored: Usage,
}

impl Account {
    pub(super) fn open(compute: &Compute) -> Self {
        Self {
            ledger: Ledger::default(),
            stay: Arc::new(compute.enter()),
            book: Arc::default(),
        }
    }

    /// Where the attempt's calls are counted.
    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What this attempt has used.
    pub(super) fn spent(&self) -> Usage {
        self.ledger.total() + self.stay.so_far()
    }

    /// What the task has used in all, where this attempt has used so much.
    pub(super) fn with(&self, spent: Usage) -> Usage {
        self.book().before.unwrap_or_default() + spent
    }

    /// The task is ours: it had used this much before, and this much of ours is stored.
    pub(super) fn begin(&self, before: Usage, stored: Usage) {
        *self.book() = Book {
            before: Some(before),
            stored,
        };
    }

    /// So much of it is stored.
    pub(super) fn stored(&self, spent: Usage) {
        self.book().stored = spent;
    }

    /// What is not stored; nothing where the task was never ours.
    fn left(&self) -> Usage {
        let (spent, book) = (self.spent(), self.book());
        match book.before {
            Some(_) => spent.beyond(book.stored),
            None => Usage::NONE,
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RunTask {
    /// What the attempt has used once this version of its task is stored. A write that ends the
    /// attempt is the last to tell, so it counts itself and what follows.
    pub(super) fn spent_with(&self, next: &Task, account: &Account) -> Usage {
        let spent = account.spent();
        let gives_place_back = next.phase().is_none() && self.gate.is_some();
        match next.phase() {
            Some(Phase::Running) => spent,
            _ if gives_place_back => spent + charges::last_write(next) + charges::PLACE_GIVEN_BACK,
            _ => spent + charges::last_write(next),
        }
    }

    /// Adds what the attempt has used and could not write, since the task was taken from us. Where
    /// that fails it is lost.
    pub(super) async fn hand_in(&self, account: &Account, delivery: &Delivery) {
        let left = account.left();
        if left.is_none() {
            return;
        }
        let (tenant, id) = (&delivery.tenant, delivery.request_id);
        let adding = self.late_usage.add(tenant, id, left + LATE_WRITE);
        match timeout(PATIENCE, adding).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(
                    error = causes(&error),
                    "what an attempt used was not counted"
                );
            }
            Err(_) => tracing::warn!("what an attempt used was not counted in time"),
        }
    }
}
