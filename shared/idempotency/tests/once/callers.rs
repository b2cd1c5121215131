//! Many callers at once, on several threads.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use futures::future::join_all;
use idempotency::{MemoryStore, RunError, run_once};
use proptest::prelude::*;
use tokio::task::yield_now;

use super::{noon, request};

/// How one caller ended.
#[derive(Debug, PartialEq)]
enum End {
    Fresh(u32),
    Replayed(u32),
    Waits,
    Conflict,
}

async fn call(
    store: Arc<MemoryStore>,
    runs: Arc<AtomicU32>,
    who: u32,
    payload: u8,
    yields: (u8, u8),
) -> End {
    for _ in 0..yields.0 {
        yield_now().await;
    }
    let request = request(who.into(), &payload.to_string());
    let work = || async move {
        runs.fetch_add(1, SeqCst);
        for _ in 0..yields.1 {
            yield_now().await;
        }
        Ok::<_, Infallible>(who)
    };
    match run_once(&*store, noon(), &request, work).await {
        Ok(executed) if executed.replayed => End::Replayed(executed.value),
        Ok(executed) => End::Fresh(executed.value),
        Err(RunError::InProgress { .. }) => End::Waits,
        Err(RunError::Conflict) => End::Conflict,
        Err(other) => panic!("{other}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn exactly_one_of_many_does_the_work(
        callers in prop::collection::vec((0..2_u8, (0..5_u8, 0..5_u8)), 1..60),
    ) {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(4).build().unwrap();
        let (store, runs) = (Arc::new(MemoryStore::default()), Arc::new(AtomicU32::new(0)));
        let calls = (1..).zip(&callers).map(|(who, (payload, yields))| {
            runtime.spawn(call(store.clone(), runs.clone(), who, *payload, *yields))
        });
        let calls: Vec<_> = calls.collect();
        let ends: Vec<End> = runtime.block_on(join_all(calls)).into_iter().map(Result::unwrap).collect();

        prop_assert_eq!(runs.load(SeqCst), 1);
        let fresh: Vec<(u32, u8)> = (1..)
            .zip(&callers)
            .zip(&ends)
            .filter(|((who, _), end)| **end == End::Fresh(*who))
            .map(|((who, (payload, _)), _)| (who, *payload))
            .collect();
        prop_assert_eq!(fresh.len(), 1);
        let (winner, payload) = fresh[0];
        for (caller, end) in callers.iter().zip(&ends) {
            match end {
                End::Fresh(who) | End::Replayed(who) => {
                    prop_assert_eq!((*who, caller.0), (winner, payload));
                }
                End::Waits => prop_assert_eq!(caller.0, payload),
                End::Conflict => prop_assert_ne!(caller.0, payload),
            }
        }
    }
}
