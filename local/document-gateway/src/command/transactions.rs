//! Open transactions, each with a connection of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::engine::{Engine, EngineError, Lease};
use crate::fault::{CommandError, During, codes};

/// How long a transaction may stay open, as in MongoDB.
const LIFE: Duration = Duration::from_mins(1);
/// How long the end of a transaction is remembered, for drivers that ask again.
const MEMORY: Duration = Duration::from_mins(10);
/// How long a transaction waits for others to end before it may begin.
const WAIT: Duration = Duration::from_secs(10);

/// The last transaction of every session.
#[derive(Debug)]
pub(crate) struct Transactions {
    sessions: Mutex<HashMap<Vec<u8>, Slot>>,
    permits: Arc<Semaphore>,
}

#[derive(Debug)]
struct Slot {
    number: i64,
    since: Instant,
    state: State,
}

#[derive(Debug)]
enum State {
    Open(Box<Open>),
    /// A command of the transaction is running, or was dropped while it ran.
    Busy,
    Committed,
    Aborted,
    /// PostgreSQL went away during the commit, so nobody may take it for done or undone.
    Unknown,
}

/// A transaction taken out of the map by the command that uses it.
#[derive(Debug)]
pub(crate) struct Open {
    session: Vec<u8>,
    number: i64,
    since: Instant,
    pub(crate) lease: Lease,
    _permit: OwnedSemaphorePermit,
}

impl Transactions {
    /// Allows so many transactions at once.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            sessions: Mutex::default(),
            permits: Arc::new(Semaphore::new(limit)),
        }
    }

    /// Opens a transaction; an older one of the same session ends.
    pub(crate) async fn begin(
        &self,
        engine: &Engine,
        session: &[u8],
        number: i64,
    ) -> Result<Open, CommandError> {
        self.locked().remove(session);
        let failed = |error| CommandError::of_engine(error, During::Transaction);
        let permit = tokio::time::timeout(WAIT, Arc::clone(&self.permits).acquire_owned()).await;
        let permit = permit
            .ok()
            .and_then(Result::ok)
            .ok_or_else(|| failed(EngineError::Busy))?;
        let mut lease = engine.lease().await.map_err(failed)?;
        lease.begin().await.map_err(failed)?;
        let since = Instant::now();
        self.put(
            session.to_vec(),
            Slot {
                number,
                since,
                state: State::Busy,
            },
        );
        Ok(Open {
            session: session.to_vec(),
            number,
            since,
            lease,
            _permit: permit,
        })
    }

    /// Takes an open transaction for one command.
    pub(crate) fn take(&self, session: &[u8], number: i64) -> Result<Open, CommandError> {
        let mut sessions = self.locked();
        let slot = sessions
            .get_mut(session)
            .filter(|slot| slot.number == number);
        let slot = slot.ok_or_else(|| CommandError::no_such_transaction(number))?;
        match std::mem::replace(&mut slot.state, State::Busy) {
            State::Open(open) => Ok(*open),
            state => {
                let error = ended(&state, number);
                slot.state = state;
                Err(error)
            }
        }
    }

    /// Puts a transaction back after a command that succeeded.
    pub(crate) fn keep(&self, open: Open) {
        let (session, number, since) = (open.session.clone(), open.number, open.since);
        self.put(
            session,
            Slot {
                number,
                since,
                state: State::Open(Box::new(open)),
            },
        );
    }

    /// Rolls a transaction back.
    pub(crate) async fn abandon(&self, open: Open) {
        self.note(&open, State::Aborted);
        let mut lease = open.lease;
        // A lease that cannot roll back closes its connection, which does the same.
        if let Err(error) = lease.end("ROLLBACK").await {
            tracing::debug!(%error, "transaction.closed");
        }
    }

    /// Makes a transaction's writes visible.
    pub(crate) async fn commit(&self, mut open: Open) -> Result<(), CommandError> {
        match open.lease.end("COMMIT").await {
            Ok(()) => {
                self.note(&open, State::Committed);
                Ok(())
            }
            Err(error) => {
                let unknown = matches!(error, EngineError::Lost(_));
                self.note(
                    &open,
                    if unknown {
                        State::Unknown
                    } else {
                        State::Aborted
                    },
                );
                Err(CommandError::of_engine(error, During::Commit))
            }
        }
    }

    /// Ends whatever the session has open.
    pub(crate) fn end_session(&self, session: &[u8]) {
        self.locked().remove(session);
    }

    /// Rolls back what has been open for too long, by closing its connection.
    pub(crate) fn sweep(&self) {
        self.locked().retain(|_, slot| {
            let life = if matches!(slot.state, State::Open(_)) {
                LIFE
            } else {
                MEMORY
            };
            slot.since.elapsed() < life
        });
    }

    fn note(&self, open: &Open, state: State) {
        let slot = Slot {
            number: open.number,
            since: Instant::now(),
            state,
        };
        self.put(open.session.clone(), slot);
    }

    fn put(&self, session: Vec<u8>, slot: Slot) {
        self.locked().insert(session, slot);
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Slot>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a transaction that is not open cannot be used.
fn ended(state: &State, number: i64) -> CommandError {
    match state {
        State::Committed => {
            let message = format!("Transaction with number {number} has been committed");
            CommandError::new(codes::TRANSACTION_COMMITTED, message)
        }
        State::Unknown => {
            let message = format!("Nobody knows whether transaction {number} was committed");
            CommandError::new(codes::INTERRUPTED_AT_SHUTDOWN, message)
        }
        State::Open(_) | State::Busy | State::Aborted => CommandError::no_such_transaction(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_never_begun_cannot_be_entered() {
        let transactions = Transactions::new(1);
        let error = transactions.take(b"session", 1).unwrap_err();
        assert_eq!(error.code, codes::NO_SUCH_TRANSACTION);
    }

    #[test]
    fn a_commit_of_unknown_outcome_is_never_repeated_by_a_driver() {
        let error = ended(&State::Unknown, 1).to_document();
        assert!(!error.contains_key("errorLabels"));
    }

    #[test]
    fn a_committed_transaction_says_so() {
        let transactions = Transactions::new(1);
        let slot = Slot {
            number: 4,
            since: Instant::now(),
            state: State::Committed,
        };
        transactions.put(b"session".to_vec(), slot);
        for _ in 0..2 {
            let error = transactions.take(b"session", 4).unwrap_err();
            assert_eq!(error.code, codes::TRANSACTION_COMMITTED);
        }
        let later = transactions.take(b"session", 5).unwrap_err();
        assert_eq!(later.code, codes::NO_SUCH_TRANSACTION);
    }
}
