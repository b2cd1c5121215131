use std::collections::BTreeSet;

use domain::broadcast::{Broadcast, Shard};
use domain::connection::{HANDSHAKE, LIFETIME};
use domain::{Connection, ConnectionId, TenantId};
use proptest::prelude::*;
use serde_json::{Value, json};
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{
    Behaviour, Fault, Faults, MemoryBroadcastQueue, MemoryConnections, MemoryPostman,
};

use super::rest::ROUNDS;
use super::*;

struct Scene {
    push: PushBroadcast,
    connections: Arc<MemoryConnections>,
    postman: Arc<MemoryPostman>,
    queue: Arc<MemoryBroadcastQueue>,
    faults: Faults,
    clock: Arc<FixedClock>,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let connections = Arc::new(MemoryConnections::new(&faults));
    let postman = Arc::new(MemoryPostman::default());
    let queue = Arc::new(MemoryBroadcastQueue::new(&faults));
    let clock = Arc::new(FixedClock::at(NOW + HANDSHAKE));
    let push = PushBroadcast {
        audience: connections.clone(),
        connections: connections.clone(),
        postman: postman.clone(),
        queue: queue.clone(),
        clock: clock.clone(),
        entropy: Arc::new(Counting::default()),
    };
    Scene {
        push,
        connections,
        postman,
        queue,
        faults,
        clock,
    }
}

fn hello() -> Broadcast {
    build::broadcast(json!("hello"))
}

impl Scene {
    /// Opens pages of a tenant.
    async fn pages(&self, tenant: &TenantId, count: usize) -> Vec<ConnectionId> {
        let identity = build::identity(tenant);
        let mut ids = vec![];
        for _ in 0..count {
            let page: Connection = build::connection(&identity);
            self.connections.register(&page).await.unwrap();
            ids.push(page.id);
        }
        ids
    }

    /// Pages that are all in one shard.
    async fn pages_of_a_shard(&self, shard: Shard, count: usize) -> Vec<ConnectionId> {
        let identity = build::identity(&build::tenant());
        let mut ids = vec![];
        while ids.len() < count {
            let page: Connection = build::connection(&identity);
            if Shard::of(&page.id) == shard {
                self.connections.register(&page).await.unwrap();
                ids.push(page.id);
            }
        }
        ids
    }

    /// Pushes parts until nothing is left, as the queue has them pushed. A part that fails is
    /// delivered again. Gives how many deliveries that took.
    async fn push_to_the_end(&self, mut parts: Vec<Part>) -> usize {
        let mut deliveries = 0;
        while let Some(part) = parts.pop() {
            deliveries += 1;
            assert!(deliveries < 500, "it never ends");
            if self.push.run(&part).await.is_err() {
                parts.push(part);
            }
            parts.extend(self.queue.take().into_iter().map(|(part, _)| part));
        }
        deliveries
    }

    fn frames(&self, id: &ConnectionId) -> Vec<Value> {
        let posted = self.postman.posted_to(id).into_iter();
        posted
            .map(|message| serde_json::from_str(&message).unwrap())
            .collect()
    }
}

fn one_part(shard: Shard) -> Part {
    Part {
        broadcast: hello(),
        to: Addressees::Shard { shard, after: None },
    }
}

#[tokio::test]
async fn everybody_of_every_tenant_gets_it_once() {
    let scene = scene();
    let mut pages = scene.pages(&build::tenant(), 30).await;
    pages.extend(scene.pages(&build::tenant(), 30).await);
    let broadcast = hello();
    let deliveries = scene.push_to_the_end(broadcast.parts()).await;
    assert_eq!(deliveries, Shard::all().len());
    let expected = json!({
        "type": "broadcast", "id": broadcast.id.to_string(), "message": "hello",
        "at": "2026-03-01T12:00:00Z",
    });
    for page in &pages {
        assert_eq!(scene.frames(page), std::slice::from_ref(&expected));
    }
}

#[tokio::test]
async fn one_tenant_can_be_told_alone() {
    let scene = scene();
    let tenant = build::tenant();
    let ours = scene.pages(&tenant, 20).await;
    scene.pages(&build::tenant(), 20).await;
    let broadcast = Broadcast {
        tenant: Some(tenant),
        ..hello()
    };
    scene.push_to_the_end(broadcast.parts()).await;
    let posted = scene.postman.posted().into_iter().map(|posted| posted.id);
    let told: BTreeSet<_> = posted.collect();
    assert_eq!(told, ours.into_iter().collect());
}

#[tokio::test]
async fn who_is_gone_is_forgotten_and_who_is_too_old_is_not_tried() {
    let scene = scene();
    let pages = scene.pages_of_a_shard(shard(), 3).await;
    scene.postman.set(&pages[0], Behaviour::Gone);
    let pushed = scene.push.run(&one_part(shard())).await.unwrap();
    assert_eq!((pushed.reached, pushed.gone, pushed.later), (2, 1, 0));
    assert!(!scene.connections.ids().contains(&pages[0]));
    scene.clock.advance(LIFETIME);
    let pushed = scene.push.run(&one_part(shard())).await.unwrap();
    assert_eq!(pushed, Pushed::default());
}

fn shard() -> Shard {
    Shard::numbered(2)
}

/// The gateway knows nothing of a connection whose handshake has not ended.
#[tokio::test]
async fn who_may_be_opening_is_tried_later() {
    let scene = scene();
    let id = scene.pages_of_a_shard(shard(), 1).await.remove(0);
    let mut opening = build::connection(&build::identity(&build::tenant()));
    opening.id = id.clone();
    opening.connected_at = NOW + HANDSHAKE;
    scene.connections.register(&opening).await.unwrap();
    scene.postman.set(&id, Behaviour::Gone);
    let pushed = scene.push.run(&one_part(shard())).await.unwrap();
    assert_eq!((pushed.gone, pushed.later), (0, 1));
    assert_eq!(scene.connections.ids(), std::slice::from_ref(&id));
    scene.postman.set(&id, Behaviour::Open);
    let (part, _) = scene.queue.take().remove(0);
    scene.push_to_the_end(vec![part]).await;
    assert_eq!(scene.frames(&id).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_throttled_are_tried_again_at_once() {
    let scene = scene();
    let pages = scene.pages_of_a_shard(shard(), 100).await;
    for page in &pages {
        scene.postman.set(page, Behaviour::Throttled(2));
    }
    let pushed = scene.push.run(&one_part(shard())).await.unwrap();
    assert_eq!((pushed.reached, pushed.later), (100, 0));
    assert!(scene.queue.take().is_empty());
}

/// However many hang: each keeps a place for three seconds, once, and later parts have only them.
#[tokio::test(start_paused = true)]
async fn who_hangs_delays_nobody_and_is_tried_later_alone() {
    let scene = scene();
    let pages = scene.pages_of_a_shard(shard(), 1_000).await;
    let (stuck, open) = pages.split_at(40);
    for page in stuck {
        scene.postman.set(page, Behaviour::Hanging);
    }
    let started = Instant::now();
    let pushed = scene.push.run(&one_part(shard())).await.unwrap();
    assert_eq!((pushed.reached, pushed.later), (960, 40));
    let posted = scene.postman.posted();
    let latest = posted.iter().map(|posted| posted.at - started).max();
    assert_eq!(latest, Some(Duration::ZERO), "others waited");
    assert_eq!(started.elapsed(), Duration::from_secs(3));

    let left = scene.queue.take();
    let [(part, delay)] = &left[..] else {
        panic!("{left:?}");
    };
    assert!(*delay <= time::Duration::seconds(5));
    let named = part.to.clone();
    let ids: BTreeSet<_> = stuck.iter().cloned().collect();
    assert!(matches!(named, Addressees::Named { ids: named, round: 1 }
        if named.iter().cloned().collect::<BTreeSet<_>>() == ids));
    scene.push_to_the_end(vec![part.clone()]).await;
    for page in stuck {
        assert_eq!(scene.postman.tries(page), ROUNDS.attempts as usize);
    }
    for page in open {
        assert_eq!(scene.postman.tries(page), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn who_recovers_gets_it() {
    let scene = scene();
    let pages = scene.pages_of_a_shard(shard(), 3).await;
    scene.postman.set(&pages[1], Behaviour::Failing);
    scene.push.run(&one_part(shard())).await.unwrap();
    let (part, _) = scene.queue.take().remove(0);
    scene.postman.set(&pages[1], Behaviour::Open);
    assert_eq!(scene.push_to_the_end(vec![part]).await, 1);
    assert_eq!(scene.frames(&pages[1]).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_part_ends_in_time_and_leaves_the_rest_to_the_next() {
    let scene = scene();
    let pages = scene.pages_of_a_shard(shard(), 9_000).await;
    for page in &pages {
        let slow = Behaviour::Slow(Duration::from_millis(250));
        scene.postman.set(page, slow);
    }
    let started = Instant::now();
    let pushed = scene.push.run(&one_part(shard())).await.unwrap();
    assert!(started.elapsed() <= POSTING, "{:?}", started.elapsed());
    assert!(pushed.continued && pushed.reached > 3_000, "{pushed:?}");
    let left = scene.queue.take();
    let parts = left.into_iter().map(|(part, _)| part).collect();
    let deliveries = scene.push_to_the_end(parts).await;
    assert!(deliveries <= 3, "{deliveries}");
    for page in &pages {
        assert_eq!(scene.postman.tries(page), 1, "nobody is told twice");
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_ends_in_time_however_many_hang() {
    let scene = scene();
    for page in scene.pages_of_a_shard(shard(), 2_000).await {
        scene.postman.set(&page, Behaviour::Hanging);
    }
    let started = Instant::now();
    let pushed = scene.push.run(&one_part(shard())).await.unwrap();
    assert!(started.elapsed() <= POSTING, "{:?}", started.elapsed());
    let left = scene.queue.take();
    let named: usize = left
        .iter()
        .map(|(part, _)| match &part.to {
            Addressees::Named { ids, .. } => ids.len(),
            Addressees::Shard { .. } => 0,
        })
        .sum();
    assert_eq!(named, pushed.later);
    assert!(pushed.continued || pushed.later == 2_000, "{pushed:?}");
}

#[tokio::test]
async fn a_shard_that_cannot_be_read_is_read_again_from_where_it_stopped() {
    let scene = scene();
    let pages = scene.pages_of_a_shard(shard(), PAGE + 20).await;
    scene.faults.on("audience.page", 2, Fault::Unavailable);
    let pushed = scene.push.run(&one_part(shard())).await.unwrap();
    assert!(pushed.continued && pushed.reached == PAGE, "{pushed:?}");
    let (part, _) = scene.queue.take().remove(0);
    scene.push_to_the_end(vec![part]).await;
    for page in &pages {
        assert_eq!(scene.frames(page).len(), 1);
    }
    scene.faults.always("audience.page", Fault::Unavailable);
    let failed = scene.push.run(&one_part(shard())).await;
    assert!(matches!(failed, Err(PushBroadcastError::Audience(_))));
}

#[tokio::test]
async fn a_rest_that_cannot_be_queued_fails_the_part() {
    let scene = scene();
    let pages = scene.pages_of_a_shard(shard(), 1).await;
    scene.postman.set(&pages[0], Behaviour::Failing);
    scene.faults.always("broadcasts.send", Fault::Unavailable);
    let failed = scene.push.run(&one_part(shard())).await;
    assert!(matches!(failed, Err(PushBroadcastError::Rest(_))));
}

#[derive(Debug, Clone, Copy)]
enum Page {
    Open,
    Slow(u16),
    Throttled(u8),
    Gone,
}

fn any_page() -> impl Strategy<Value = Page> {
    prop_oneof![
        4 => Just(Page::Open),
        1 => (0..2_900_u16).prop_map(Page::Slow),
        1 => (1..6_u8).prop_map(Page::Throttled),
        1 => Just(Page::Gone),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever single calls go wrong on the way: everybody who takes messages gets this one, more
    /// than once only where something went wrong, and who is gone is forgotten.
    #[test]
    fn everybody_gets_it_at_least_once(
        kinds in prop::collection::vec(any_page(), 1..120),
        faults in prop::collection::vec((1..150_usize, 0..3_usize), 0..4),
    ) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let scene = scene();
            let pages = scene.pages(&build::tenant(), kinds.len()).await;
            for (page, kind) in pages.iter().zip(&kinds) {
                scene.postman.set(page, match *kind {
                    Page::Open => Behaviour::Open,
                    Page::Slow(ms) => Behaviour::Slow(Duration::from_millis(ms.into())),
                    Page::Throttled(times) => Behaviour::Throttled(times.into()),
                    Page::Gone => Behaviour::Gone,
                });
            }
            for (nth, fault) in &faults {
                let fault = [Fault::Unavailable, Fault::LostAnswer, Fault::Conflict][*fault];
                scene.faults.on_any(*nth, fault);
            }
            scene.push_to_the_end(hello().parts()).await;
            for (page, kind) in pages.iter().zip(&kinds) {
                let got = scene.frames(page).len();
                if matches!(kind, Page::Gone) {
                    prop_assert_eq!(got, 0);
                } else {
                    prop_assert!(got >= 1 && (got == 1 || !faults.is_empty()), "{:?} got {}", kind, got);
                }
            }
            if faults.is_empty() {
                let gone = kinds.iter().filter(|kind| matches!(kind, Page::Gone)).count();
                prop_assert_eq!(scene.connections.ids().len(), pages.len() - gone);
            }
            Ok(())
        })?;
    }
}
