//! What the time of this process costs, and who it is charged to.
//!
//! A Lambda function is paid by the time of an invocation, however many pieces of work share it. So
//! time is shared fairly: while several pieces are in hand at once, each moment is split evenly
//! among them. What all of them are charged is then exactly the time in which there was any.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Usage;
use tokio::time::Instant;

/// The computer that work runs on. Clones are the same computer.
#[derive(Debug, Clone, Default)]
pub struct Compute {
    memory_mb: Option<u32>,
    crowd: Arc<Mutex<Crowd>>,
}

/// The work in hand, and the clock that each piece's share is read from: it runs at the speed of one
/// over their number.
#[derive(Debug, Default)]
struct Crowd {
    present: u32,
    shared_nanos: u128,
    at: Option<Instant>,
}

impl Crowd {
    /// Brings the shared clock up to date, and gives what it shows.
    fn tick(&mut self) -> u128 {
        let now = Instant::now();
        let passed = self.at.map_or(0, |at| (now - at).as_nanos());
        self.shared_nanos += passed / u128::from(self.present.max(1));
        self.at = Some(now);
        self.shared_nanos
    }
}

impl Compute {
    /// A Lambda function with so much memory, in megabytes.
    pub fn lambda(memory_mb: u32) -> Self {
        Self {
            memory_mb: Some(memory_mb),
            ..Self::unpaid()
        }
    }

    /// A Lambda function with so much memory, in megabytes, or none.
    pub fn of(memory_mb: Option<u32>) -> Self {
        memory_mb.map_or_else(Self::unpaid, Self::lambda)
    }

    /// A computer whose time is not paid by use, such as one of the pool.
    pub fn unpaid() -> Self {
        Self::default()
    }

    /// A piece of work begins. It is in hand until what this gives is dropped.
    pub(crate) fn enter(&self) -> Stay {
        let mut crowd = self.crowd();
        let from = crowd.tick();
        crowd.present += 1;
        Stay {
            compute: self.clone(),
            from,
        }
    }

    /// So much time for nobody but one.
    pub(crate) fn took(&self, micros: u64) -> Usage {
        self.memory_mb
            .map_or(Usage::NONE, |memory| Usage::lambda(micros, memory))
    }

    fn crowd(&self) -> MutexGuard<'_, Crowd> {
        self.crowd.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A piece of work in hand.
#[derive(Debug)]
pub(crate) struct Stay {
    compute: Compute,
    from: u128,
}

impl Stay {
    /// Its share of the time since it began.
    pub(crate) fn so_far(&self) -> Usage {
        let nanos = self.compute.crowd().tick() - self.from;
        let micros = u64::try_from(nanos / 1_000).unwrap_or(u64::MAX);
        self.compute.took(micros)
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        let mut crowd = self.compute.crowd();
        crowd.tick();
        crowd.present -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use tokio::time::advance;

    use super::*;

    fn millis(stay: &Stay) -> u64 {
        stay.so_far().lambda_micros / 1_000
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_alone_pays_for_all_of_it() {
        let compute = Compute::lambda(512);
        advance(Duration::from_secs(5)).await;
        let stay = compute.enter();
        advance(Duration::from_millis(1_500)).await;
        let usage = stay.so_far();
        assert_eq!(usage, Usage::lambda(1_500_000, 512));
    }

    #[tokio::test(start_paused = true)]
    async fn who_shares_pays_for_a_share() {
        let compute = Compute::lambda(512);
        let first = compute.enter();
        advance(Duration::from_millis(100)).await;
        let second = compute.enter();
        advance(Duration::from_millis(300)).await;
        assert_eq!((millis(&first), millis(&second)), (250, 150));
        drop(first);
        advance(Duration::from_millis(100)).await;
        assert_eq!(millis(&second), 250);
    }

    #[tokio::test(start_paused = true)]
    async fn time_that_is_not_paid_by_use_is_none() {
        let stay = Compute::unpaid().enter();
        advance(Duration::from_secs(1)).await;
        assert_eq!(stay.so_far(), Usage::NONE);
    }

    proptest! {
        /// Work that comes and goes in any order, one step each; less than a microsecond of each
        /// share is lost to rounding.
        #[test]
        fn all_shares_together_are_the_time_there_was_any(steps in prop::collection::vec((any::<bool>(), 0..50_u64), 1..40)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
            let (charged, busy, stays) = runtime.block_on(async {
                let compute = Compute::lambda(1);
                let (mut in_hand, mut charged, mut busy, mut stays) = (vec![], 0, 0, 0);
                for (comes, wait) in steps {
                    if comes {
                        in_hand.push(compute.enter());
                        stays += 1;
                    } else if let Some(stay) = in_hand.pop() {
                        charged += stay.so_far().lambda_micros;
                    }
                    advance(Duration::from_millis(wait)).await;
                    if !in_hand.is_empty() {
                        busy += wait * 1_000;
                    }
                }
                charged += in_hand.iter().map(|stay| stay.so_far().lambda_micros).sum::<u64>();
                (charged, busy, stays)
            });
            prop_assert!(charged <= busy && busy - charged <= stays, "{} of {}", charged, busy);
        }
    }
}
