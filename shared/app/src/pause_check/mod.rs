//! Whether a task may be taken on, as far as this process knows.
//!
//! A submission costs one write and one message, and no read more: pauses are read once for many submissions. What is
//! known is good for [`FRESH`]; after that it is read again beside the submission, and after [`KNOWN`] the submission
//! waits for it. So a pause or its end is heeded within [`KNOWN`] by every process, also by one that slept for hours.
//!
//! A store that does not answer pauses nothing and lifts nothing: what was known last counts, and in a new process
//! nothing is paused. Whoever runs the service is told by a warning.

mod paused;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration as Patience;

use domain::ports::{Clock, Pauses};
use domain::{Pause, TenantId, causes};
use time::{Duration, OffsetDateTime};
use tokio::time::timeout;

pub use paused::Paused;

/// For so long nobody asks again.
pub const FRESH: Duration = Duration::seconds(5);

/// After so long nothing is taken on before somebody has asked.
pub const KNOWN: Duration = Duration::seconds(10);

/// How long a submission waits for the store: a read takes a few milliseconds.
const PATIENCE: Patience = Patience::from_secs(1);

/// Knows what is paused. Clones know the same.
#[derive(Clone)]
pub struct PauseCheck {
    pauses: Arc<dyn Pauses>,
    clock: Arc<dyn Clock>,
    known: Arc<Mutex<Known>>,
    /// Held by whoever reads: one does for all.
    reading: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct Known {
    pauses: Arc<[Pause]>,
    /// When somebody asked last, with or without success: a store that is away is not waited for by every submission.
    asked_at: Option<OffsetDateTime>,
}

/// What is to be done before what is known can be used.
enum Need {
    Nothing,
    ReadBeside,
    ReadFirst,
}

impl PauseCheck {
    /// Knows nothing yet.
    pub fn new(pauses: Arc<dyn Pauses>, clock: Arc<dyn Clock>) -> Self {
        Self {
            pauses,
            clock,
            known: Arc::default(),
            reading: Arc::default(),
        }
    }

    /// Whether a task of this kind and tenant may be taken on.
    pub async fn check(&self, kind: &str, tenant: &TenantId) -> Result<(), Box<Paused>> {
        match self.need() {
            Need::Nothing => {}
            Need::ReadBeside => self.read_beside(),
            Need::ReadFirst => self.read_first().await,
        }
        let (pauses, now) = (self.known().pauses.clone(), self.clock.now());
        match Pause::holding(&pauses, kind, tenant, now) {
            Some(pause) => Err(Paused::by(pause, now)),
            None => Ok(()),
        }
    }

    fn need(&self) -> Need {
        let age = self.known().asked_at.map(|at| self.clock.now() - at);
        match age {
            Some(age) if age < FRESH => Need::Nothing,
            Some(age) if age < KNOWN => Need::ReadBeside,
            _ => Need::ReadFirst,
        }
    }

    fn read_beside(&self) {
        let Ok(reading) = Arc::clone(&self.reading).try_lock_owned() else {
            return;
        };
        let check = self.clone();
        tokio::spawn(async move {
            check.read().await;
            drop(reading);
        });
    }

    /// A reading that goes on beside is waited for, and serves.
    async fn read_first(&self) {
        let _reading = self.reading.lock().await;
        if matches!(self.need(), Need::ReadFirst) {
            self.read().await;
        }
    }

    async fn read(&self) {
        let asked_at = self.clock.now();
        let listed = timeout(PATIENCE, self.pauses.list()).await;
        let mut known = self.known();
        known.asked_at = Some(asked_at);
        match listed {
            Ok(Ok(pauses)) => known.pauses = pauses.into(),
            Ok(Err(error)) => tracing::warn!(
                error = causes(&error),
                "nobody knows what is paused; what was known last counts"
            ),
            Err(_) => {
                tracing::warn!("nobody said in time what is paused; what was known last counts");
            }
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
