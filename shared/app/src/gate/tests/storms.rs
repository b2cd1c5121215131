//! Many who use a lane at once, in orders and with faults that chance decides.

use domain::ports::TaskQueue as _;
use domain::task::Priority;
use futures::future::join_all;
use proptest::prelude::*;
use testkit::memory::Fault;
use time::Duration;

use super::world::World;

fn fault() -> impl Strategy<Value = (usize, Fault)> {
    let kind = prop_oneof![
        Just(Fault::Unavailable),
        Just(Fault::LostAnswer),
        Just(Fault::Conflict),
    ];
    (1_usize..60, kind)
}

/// Gives way this often first, so that the actors' calls mix in another order each time.
async fn after<T>(turns: usize, act: impl Future<Output = T>) -> T {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
    act.await
}

proptest! {
    #[test]
    fn nobody_is_forgotten_and_no_lane_too_full(
        limit in 1_u32..4,
        before in 0_usize..6,
        turns in prop::collection::vec((0_usize..40, any::<bool>()), 1..12),
        faults in prop::collection::vec(fault(), 0..4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let world = World::new(limit);
            world.submit_many(before).await;
            for (nth, fault) in faults {
                world.faults.on_any(nth, fault);
            }
            let mut sent = world.sent().into_iter();
            let acts = turns.into_iter().map(|(turns, submits)| {
                let message = if submits { None } else { sent.next() };
                let world = &world;
                after(turns, async move {
                    if let Some(id) = message {
                        world.work(id).await;
                    } else {
                        let priority = Priority::ALL[turns % 2];
                        let id = match turns % 3 {
                            0 => world.store_later(priority, Duration::minutes(9)),
                            _ => world.store(priority),
                        };
                        let job = world.job(id);
                        let _ = world.gate.send(&job).await;
                    }
                })
            });
            join_all(acts.collect::<Vec<_>>()).await;
            for id in sent {
                world.queue.send(&world.job(id)).await.unwrap_or_default();
            }
            world.come_to_rest().await;
        });
    }
}
