//! What each caller gets.

use std::time::SystemTime;

use async_trait::async_trait;
use idempotency::{
    Acquired, Claim, Executed, IdempotencyStore, Kept, Key, MemoryStore, RunError, StoreError,
    Token, run_once,
};

use super::{LOCK, TTL, noon, request};

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("it broke")]
struct Broke;

type Outcome = Result<Executed<u32>, RunError<u32, Broke>>;

async fn run(store: &dyn IdempotencyStore, who: u128, payload: &str, now: SystemTime) -> Outcome {
    let answer = u32::try_from(who).unwrap();
    run_once(
        store,
        now,
        &request(who, payload),
        || async move { Ok(answer) },
    )
    .await
}

#[tokio::test]
async fn the_answer_is_replayed_until_it_expires() {
    let store = MemoryStore::default();
    let first = run(&store, 1, "p", noon()).await.unwrap();
    assert_eq!((first.value, first.replayed), (1, false));
    for now in [noon(), noon() + LOCK, noon() + TTL - LOCK] {
        let again = run(&store, 2, "p", now).await.unwrap();
        assert_eq!((again.value, again.replayed), (1, true));
    }
    let anew = run(&store, 3, "p", noon() + TTL).await.unwrap();
    assert_eq!((anew.value, anew.replayed), (3, false));
}

#[tokio::test]
async fn another_payload_is_a_conflict() {
    let store = MemoryStore::default();
    run(&store, 1, "p", noon()).await.unwrap();
    assert!(matches!(
        run(&store, 2, "q", noon()).await,
        Err(RunError::Conflict)
    ));
}

#[tokio::test]
async fn failed_work_frees_the_key() {
    let store = MemoryStore::default();
    let request = request(1, "p");
    let failed = run_once(&store, noon(), &request, || async { Err::<u32, _>(Broke) });
    assert!(matches!(failed.await, Err(RunError::Work(Broke))));
    assert_eq!(run(&store, 2, "p", noon()).await.unwrap().value, 2);
}

#[tokio::test]
async fn a_caller_that_died_holds_others_up_until_its_lock_ends() {
    let store = MemoryStore::default();
    let died = request(1, "p");
    let hanging = run_once(
        &store,
        noon(),
        &died,
        std::future::pending::<Result<u32, Broke>>,
    );
    assert!(tokio::time::timeout(LOCK / 1_000, hanging).await.is_err());
    match run(&store, 2, "p", noon()).await {
        Err(RunError::InProgress { until }) => assert_eq!(until, noon() + LOCK),
        other => panic!("{other:?}"),
    }
    assert_eq!(run(&store, 3, "p", noon() + LOCK).await.unwrap().value, 3);
}

#[tokio::test]
async fn work_that_outlives_its_lock_is_told() {
    let store = MemoryStore::default();
    let request = request(1, "p");
    let slow = run_once(&store, noon(), &request, || async {
        // Meanwhile the lock has run out for somebody else.
        run(&store, 2, "p", noon() + LOCK)
            .await
            .map(|other| other.value)
            .map_err(|_| Broke)?;
        Ok::<u32, Broke>(1)
    });
    assert!(matches!(slow.await, Err(RunError::Overtaken { value: 1 })));
    assert_eq!(run(&store, 3, "p", noon() + LOCK).await.unwrap().value, 2);
}

#[tokio::test]
async fn an_answer_of_another_type_is_told() {
    let store = MemoryStore::default();
    let text = || async { Ok::<_, Broke>("text".to_owned()) };
    run_once(&store, noon(), &request(1, "p"), text)
        .await
        .unwrap();
    assert!(matches!(
        run(&store, 2, "p", noon()).await,
        Err(RunError::Unreadable(_))
    ));
}

/// A time to live shorter than the lock must not let a second caller in.
#[tokio::test]
async fn a_record_outlives_its_lock() {
    let store = MemoryStore::default();
    let mut brief = request(1, "p");
    brief.ttl = LOCK / 30;
    let hanging = run_once(
        &store,
        noon(),
        &brief,
        std::future::pending::<Result<u32, Broke>>,
    );
    assert!(tokio::time::timeout(LOCK / 1_000, hanging).await.is_err());
    let second = run(&store, 2, "p", noon() + LOCK / 2).await;
    assert!(matches!(second, Err(RunError::InProgress { .. })));
}

/// Answers until it is told to fall silent.
struct Away {
    at_acquire: bool,
}

#[async_trait]
impl IdempotencyStore for Away {
    async fn acquire(&self, _: &Key, _: &Claim, _: SystemTime) -> Result<Acquired, StoreError> {
        if self.at_acquire {
            Err("away".into())
        } else {
            Ok(Acquired::Ours)
        }
    }

    async fn complete(&self, _: &Key, _: Token, _: &str) -> Result<Kept, StoreError> {
        Err("away".into())
    }

    async fn release(&self, _: &Key, _: Token) -> Result<(), StoreError> {
        Err("away".into())
    }
}

#[tokio::test]
async fn without_a_store_there_is_no_work() {
    let store = Away { at_acquire: true };
    let work = || async { panic!("not to be called") };
    let outcome = run_once::<u32, Broke, _>(&store, noon(), &request(1, "p"), work).await;
    assert!(matches!(outcome, Err(RunError::Store(_))));
}

#[tokio::test]
async fn an_answer_that_cannot_be_kept_is_still_given() {
    let store = Away { at_acquire: false };
    let outcome = run(&store, 7, "p", noon()).await;
    assert!(matches!(outcome, Err(RunError::NotKept { value: 7, .. })));

    let request = request(1, "p");
    let failed = run_once(&store, noon(), &request, || async { Err::<u32, _>(Broke) });
    assert!(
        matches!(failed.await, Err(RunError::Work(Broke))),
        "the work's error comes first"
    );
}
