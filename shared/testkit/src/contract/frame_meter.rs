//! The contract of [`FrameMeter`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::connection::LIFETIME;
use domain::pace::{Pace, Verdict};
use domain::ports::{ConnectionStore, FrameMeter};
use domain::{Connection, TenantId};
use futures::future::join_all;
use time::{Duration, OffsetDateTime};

use crate::build::{self, NOW};

/// Three frames at once, then one in a tenth of a second; ended after twelve.
const PACE: Pace = Pace {
    per_second: 10,
    burst: 3,
};

/// Where connections are stored and where their frames are counted.
#[derive(Clone, Copy)]
pub struct Counted<'a> {
    /// Takes the connections.
    pub store: &'a dyn ConnectionStore,
    /// Counts their frames.
    pub meter: &'a dyn FrameMeter,
}

/// The whole contract.
pub async fn all(counted: Counted<'_>, tenant: &TenantId) {
    frames_are_counted_as_the_pace_says(counted, tenant).await;
    frames_at_once_are_each_counted(counted, tenant).await;
    connections_are_counted_apart(counted, tenant).await;
    a_connection_comes_with_its_count(counted, tenant).await;
    who_is_not_connected_is_not_counted(counted, tenant).await;
}

impl Counted<'_> {
    async fn connected(self, tenant: &TenantId) -> Connection {
        let connection = build::connection(&build::identity(tenant));
        self.store.register(&connection).await.unwrap();
        connection
    }

    async fn count(self, connection: &Connection, now: OffsetDateTime) -> Option<Verdict> {
        let counted = self.meter.count(&connection.id, now, PACE).await.unwrap();
        counted.map(|metered| metered.verdict)
    }
}

/// Frame by frame, through burst, refusal, pause, and the end.
pub async fn frames_are_counted_as_the_pace_says(counted: Counted<'_>, tenant: &TenantId) {
    let connection = counted.connected(tenant).await;
    let (mut now, mut until) = (NOW, None);
    let gaps = [0, 0, 0, 0, 0, 100, 50, 50, 0, 900, 0, 0, 0, 0].into_iter();
    for (n, gap) in gaps.chain([0; 14]).chain([150, 0, 5_000]).enumerate() {
        now += Duration::milliseconds(gap);
        let (expected, next) = PACE.count(until, now);
        until = Some(next);
        let verdict = counted.count(&connection, now).await;
        assert_eq!(verdict, Some(expected), "frame {n}");
    }
}

/// None goes unnoticed: as many are taken as if they had come one after the other.
pub async fn frames_at_once_are_each_counted(counted: Counted<'_>, tenant: &TenantId) {
    let connection = counted.connected(tenant).await;
    let frames = (0..10).map(|_| counted.count(&connection, NOW));
    let verdicts = join_all(frames).await;
    let taken = verdicts
        .iter()
        .filter(|verdict| **verdict == Some(Verdict::Taken));
    assert_eq!(taken.count(), 3, "{verdicts:?}");
}

/// A client that floods takes nothing from others.
pub async fn connections_are_counted_apart(counted: Counted<'_>, tenant: &TenantId) {
    let (one, other) = (
        counted.connected(tenant).await,
        counted.connected(tenant).await,
    );
    for _ in 0..5 {
        counted.count(&one, NOW).await;
    }
    assert_eq!(counted.count(&one, NOW).await, Some(Verdict::Refused));
    assert_eq!(counted.count(&other, NOW).await, Some(Verdict::Taken));
}

/// Whole, whether its frame is taken or not; and it still listens to what it listened to.
pub async fn a_connection_comes_with_its_count(counted: Counted<'_>, tenant: &TenantId) {
    let connection = counted.connected(tenant).await;
    for _ in 0..20 {
        let metered = counted.meter.count(&connection.id, NOW, PACE).await;
        assert_eq!(metered.unwrap().unwrap().connection, connection);
    }
    let own = connection.own_topic();
    let listeners = counted.store.listeners(&own, NOW).await.unwrap();
    assert_eq!(listeners, std::slice::from_ref(&connection.id));
    let found = counted.store.find(&connection.id, NOW).await.unwrap();
    assert_eq!(found, Some(connection));
}

/// Neither who never was, nor who is forgotten or too old; and counting brings nobody back.
pub async fn who_is_not_connected_is_not_counted(counted: Counted<'_>, tenant: &TenantId) {
    let never = build::connection(&build::identity(tenant));
    assert_eq!(counted.count(&never, NOW).await, None);
    assert_eq!(counted.store.find(&never.id, NOW).await.unwrap(), None);
    let old = counted.connected(tenant).await;
    assert_eq!(counted.count(&old, NOW + LIFETIME).await, None);
    counted.store.remove(&old.id).await.unwrap();
    assert_eq!(counted.count(&old, NOW).await, None);
    assert_eq!(counted.store.find(&old.id, NOW).await.unwrap(), None);
}
