//! Asks whether the servers behind us answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::ports::{Health, PortError};
use futures::future::join_all;
use tokio::time::timeout;

/// A server that takes longer than this to answer something trivial is not well.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// Asks whether the servers behind us answer.
#[derive(Clone)]
pub struct CheckHealth {
    /// The servers.
    pub servers: Vec<Arc<dyn Health>>,
}

/// Why a server is not well.
#[derive(Debug, thiserror::Error)]
pub enum Unwell {
    /// It gave an error.
    #[error(transparent)]
    Failed(#[from] PortError),
    /// It gave no answer within [`PATIENCE`].
    #[error("no answer within {} s", PATIENCE.as_secs())]
    Slow,
}

/// Each server's answer, by its name.
#[derive(Debug)]
pub struct HealthReport {
    /// The answers.
    pub checks: BTreeMap<&'static str, Result<(), Unwell>>,
}

impl HealthReport {
    /// Whether every server answered.
    pub fn is_ok(&self) -> bool {
        self.checks.values().all(Result::is_ok)
    }
}

impl CheckHealth {
    /// Asks all servers at once.
    pub async fn run(&self) -> HealthReport {
        let answers = join_all(self.servers.iter().map(|server| ask(server.as_ref()))).await;
        HealthReport {
            checks: answers.into_iter().collect(),
        }
    }
}

async fn ask(server: &dyn Health) -> (&'static str, Result<(), Unwell>) {
    let answer = match timeout(PATIENCE, server.ping()).await {
        Ok(answer) => answer.map_err(Unwell::Failed),
        Err(_) => Err(Unwell::Slow),
    };
    (server.name(), answer)
}

#[cfg(test)]
mod tests {
    use testkit::memory::{Fault, Faults, MemoryHealth};
    use tokio::time::Instant;

    use super::*;

    fn scene() -> (CheckHealth, Faults) {
        let faults = Faults::default();
        let server = |name| Arc::new(MemoryHealth::new(name, &faults)) as Arc<dyn Health>;
        let servers = vec![server("postgres"), server("mongodb")];
        (CheckHealth { servers }, faults)
    }

    #[tokio::test]
    async fn it_is_ok_when_every_server_answers() {
        let (check, _) = scene();
        let report = check.run().await;
        assert!(report.is_ok());
        assert!(report.checks.keys().eq(&["mongodb", "postgres"]));
    }

    #[tokio::test(start_paused = true)]
    async fn servers_are_asked_at_once_and_not_for_long() {
        let (check, faults) = scene();
        faults.always("postgres", Fault::HangBefore);
        faults.always("mongodb", Fault::HangBefore);
        let started = Instant::now();
        let report = check.run().await;
        assert_eq!(started.elapsed().as_secs(), PATIENCE.as_secs());
        assert!(matches!(report.checks["postgres"], Err(Unwell::Slow)));
    }

    #[tokio::test]
    async fn one_that_fails_is_named() {
        let (check, faults) = scene();
        faults.always("mongodb", Fault::Unavailable);
        let report = check.run().await;
        assert!(!report.is_ok());
        assert!(report.checks["postgres"].is_ok());
        assert!(matches!(report.checks["mongodb"], Err(Unwell::Failed(_))));
    }
}
