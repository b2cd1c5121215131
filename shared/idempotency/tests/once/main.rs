//! Work that happens once.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests stop at what is not as it should be"
)]

mod callers;
mod fingerprints;
mod interleavings;
mod outcomes;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use idempotency::{Fingerprint, Key, MemoryStore, Request, Token, contract};

const LOCK: Duration = Duration::from_secs(30);
const TTL: Duration = Duration::from_hours(24);

fn noon() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn request(who: u128, payload: &str) -> Request {
    Request {
        key: Key::new("tenant", "key").unwrap(),
        fingerprint: Fingerprint::of(&payload).unwrap(),
        token: Token::new(who),
        lock: LOCK,
        ttl: TTL,
    }
}

#[tokio::test]
async fn the_store_in_memory_keeps_the_contract() {
    contract::check(&MemoryStore::default(), "suite", noon()).await;
}
