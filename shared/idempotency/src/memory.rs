//! A store inside the process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;

use crate::key::Key;
use crate::record::{Claim, Record, State, may_take};
use crate::store::{Acquired, IdempotencyStore, Kept, StoreError};
use crate::token::Token;

/// Keeps keys in memory: for tests, and for a single process that may forget when it ends.
/// Expired records are replaced, not removed.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<HashMap<Key, Record>>);

impl MemoryStore {
    fn records(&self) -> MutexGuard<'_, HashMap<Key, Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl IdempotencyStore for MemoryStore {
    async fn acquire(
        &self,
        key: &Key,
        claim: &Claim,
        now: SystemTime,
    ) -> Result<Acquired, StoreError> {
        let mut records = self.records();
        match records.get(key) {
            Some(kept) if !may_take(Some(kept), claim, now) => Ok(Acquired::Theirs(kept.clone())),
            _ => {
                records.insert(key.clone(), claim.won());
                Ok(Acquired::Ours)
            }
        }
    }

    async fn complete(&self, key: &Key, token: Token, response: &str) -> Result<Kept, StoreError> {
        let mut records = self.records();
        let Some(record) = records.get_mut(key).filter(|record| record.token == token) else {
            return Ok(Kept::Overtaken);
        };
        let response = response.to_owned();
        record.state = State::Completed { response };
        Ok(Kept::Yes)
    }

    async fn release(&self, key: &Key, token: Token) -> Result<(), StoreError> {
        let mut records = self.records();
        let ours = |record: &Record| {
            record.token == token && matches!(record.state, State::InProgress { .. })
        };
        if records.get(key).is_some_and(ours) {
            records.remove(key);
        }
        Ok(())
    }
}
