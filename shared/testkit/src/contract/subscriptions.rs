//! The contract of [`Subscriptions`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::connection::{LIFETIME, MOST_TOPICS};
use domain::ports::{ConnectionStore, Followed, Subscriptions};
use domain::{Connection, ConnectionId, TenantId, Topic};
use futures::future::join_all;
use time::Duration;

use super::beside;
use crate::build::{self, NOW};

/// How often a race is run.
const RACES: usize = 20;

/// Where connections are stored and where they subscribe.
#[derive(Clone, Copy)]
pub struct Followers<'a> {
    /// Takes the connections.
    pub store: &'a dyn ConnectionStore,
    /// Takes their subscriptions.
    pub subscriptions: &'a dyn Subscriptions,
}

/// The whole contract.
pub async fn all(followers: Followers<'_>, tenant: &TenantId) {
    a_follower_listens_until_it_unfollows(followers, tenant).await;
    following_twice_is_following_once(followers, tenant).await;
    topics_of_one_name_in_two_tenants_are_two(followers, tenant).await;
    the_topics_of_a_connection_are_limited(followers, tenant).await;
    only_stored_connections_follow(followers, tenant).await;
    a_subscription_ends_with_its_connection(followers, tenant).await;
    a_connection_may_follow_many_topics_at_once(followers, tenant).await;
    following_while_disconnecting_leaves_nothing_behind(followers, tenant).await;
    unfollowing_while_disconnecting_leaves_nothing_behind(followers, tenant).await;
}

impl Followers<'_> {
    async fn connected(self, tenant: &TenantId) -> Connection {
        let connection = build::connection(&build::identity(tenant));
        self.store.register(&connection).await.unwrap();
        connection
    }

    async fn follow(self, connection: &Connection, topic: &Topic) -> Followed {
        let followed = self.subscriptions.follow(connection, topic).await;
        followed.unwrap()
    }

    async fn unfollow(self, connection: &Connection, topic: &Topic) {
        let unfollowed = self.subscriptions.unfollow(connection, topic).await;
        unfollowed.unwrap();
    }

    async fn listeners(self, topic: &Topic) -> Vec<ConnectionId> {
        let mut listeners = self.store.listeners(topic, NOW).await.unwrap();
        listeners.sort();
        listeners
    }
}

fn tag(tenant: &TenantId, tag: impl Into<String>) -> Topic {
    Topic::Tag(tenant.clone(), tag.into())
}

/// At once, and its other topics and other connections are left alone.
pub async fn a_follower_listens_until_it_unfollows(followers: Followers<'_>, tenant: &TenantId) {
    let (one, other) = (
        followers.connected(tenant).await,
        followers.connected(tenant).await,
    );
    let mut ids = [one.id.clone(), other.id.clone()];
    ids.sort();
    for topic in [
        Topic::Task(tenant.clone(), build::request_id()),
        tag(tenant, "größe & co"),
        tag(tenant, "one#two"),
    ] {
        for connection in [&one, &other] {
            let followed = followers.follow(connection, &topic).await;
            assert_eq!(followed, Followed::Listening);
        }
        assert_eq!(followers.listeners(&topic).await, ids);
        for _ in 0..2 {
            followers.unfollow(&one, &topic).await;
            let left = followers.listeners(&topic).await;
            assert_eq!(left, std::slice::from_ref(&other.id));
        }
    }
    let own = followers.listeners(&one.own_topic()).await;
    assert_eq!(own, [one.id]);
}

/// One unfollowing ends it.
pub async fn following_twice_is_following_once(followers: Followers<'_>, tenant: &TenantId) {
    let connection = followers.connected(tenant).await;
    let topic = tag(tenant, "twice");
    for _ in 0..2 {
        let followed = followers.follow(&connection, &topic).await;
        assert_eq!(followed, Followed::Listening);
        let listeners = followers.listeners(&topic).await;
        assert_eq!(listeners, std::slice::from_ref(&connection.id));
    }
    followers.unfollow(&connection, &topic).await;
    assert_eq!(followers.listeners(&topic).await, []);
}

/// Neither a tag nor a task is heard of in another tenant.
pub async fn topics_of_one_name_in_two_tenants_are_two(
    followers: Followers<'_>,
    tenant: &TenantId,
) {
    let other = beside(tenant, "other");
    let connection = followers.connected(tenant).await;
    let id = build::request_id();
    for (ours, theirs) in [
        (tag(tenant, "nightly"), tag(&other, "nightly")),
        (
            Topic::Task(tenant.clone(), id),
            Topic::Task(other.clone(), id),
        ),
    ] {
        followers.follow(&connection, &ours).await;
        assert_eq!(followers.listeners(&theirs).await, []);
    }
}

/// One more is refused and changes nothing; a topic that it follows already is none more, and
/// whoever unfollows one may follow another. Forgetting such a connection forgets all.
pub async fn the_topics_of_a_connection_are_limited(followers: Followers<'_>, tenant: &TenantId) {
    let connection = followers.connected(tenant).await;
    let topics: Vec<_> = (1..MOST_TOPICS)
        .map(|n| tag(tenant, n.to_string()))
        .collect();
    for topic in &topics {
        let followed = followers.follow(&connection, topic).await;
        assert_eq!(followed, Followed::Listening, "{topic}");
    }
    let more = tag(tenant, "more");
    let followed = followers.follow(&connection, &more).await;
    assert_eq!(followed, Followed::TooManyTopics);
    assert_eq!(followers.listeners(&more).await, []);
    let followed = followers.follow(&connection, &topics[0]).await;
    assert_eq!(followed, Followed::Listening);
    followers.unfollow(&connection, &topics[0]).await;
    let followed = followers.follow(&connection, &more).await;
    assert_eq!(followed, Followed::Listening);
    followers.store.remove(&connection.id).await.unwrap();
    for topic in topics.iter().chain([&more]) {
        assert_eq!(followers.listeners(topic).await, [], "{topic}");
    }
}

/// Neither one that never was nor one that is forgotten; both leave nothing behind.
pub async fn only_stored_connections_follow(followers: Followers<'_>, tenant: &TenantId) {
    let never = build::connection(&build::identity(tenant));
    let gone = followers.connected(tenant).await;
    followers.store.remove(&gone.id).await.unwrap();
    let topic = tag(tenant, "nobody");
    for connection in [&never, &gone] {
        let followed = followers.follow(connection, &topic).await;
        assert_eq!(followed, Followed::NotConnected);
        followers.unfollow(connection, &topic).await;
        let found = followers.store.find(&connection.id, NOW).await.unwrap();
        assert_eq!(found, None);
    }
    assert_eq!(followers.listeners(&topic).await, []);
}

/// Past the connection's longest life nobody listens, though the store may still hold it.
pub async fn a_subscription_ends_with_its_connection(followers: Followers<'_>, tenant: &TenantId) {
    let connection = followers.connected(tenant).await;
    let topic = tag(tenant, "until the end");
    followers.follow(&connection, &topic).await;
    let end = NOW + LIFETIME;
    for (moment, expected) in [(end - Duration::SECOND, 1), (end, 0)] {
        let listeners = followers.store.listeners(&topic, moment).await.unwrap();
        assert_eq!(listeners.len(), expected, "{moment}");
    }
}

/// A page that has connected sends all its subscriptions at once.
pub async fn a_connection_may_follow_many_topics_at_once(
    followers: Followers<'_>,
    tenant: &TenantId,
) {
    let connection = followers.connected(tenant).await;
    let topics: Vec<_> = (0..10).map(|n| tag(tenant, format!("many-{n}"))).collect();
    let all = topics
        .iter()
        .map(|topic| followers.follow(&connection, topic));
    for followed in join_all(all).await {
        assert_eq!(followed, Followed::Listening);
    }
    for topic in &topics {
        let listeners = followers.listeners(topic).await;
        assert_eq!(listeners, std::slice::from_ref(&connection.id));
    }
}

/// Whichever comes first: afterwards no topic has the connection for a listener.
pub async fn following_while_disconnecting_leaves_nothing_behind(
    followers: Followers<'_>,
    tenant: &TenantId,
) {
    for race in 0..RACES {
        let connection = followers.connected(tenant).await;
        let topics: Vec<_> = (0..5)
            .map(|n| tag(tenant, format!("race-{race}-{n}")))
            .collect();
        let follow_all = async {
            for topic in &topics {
                followers.follow(&connection, topic).await;
            }
        };
        let remove = async {
            for _ in 0..race {
                tokio::task::yield_now().await;
            }
            followers.store.remove(&connection.id).await.unwrap();
        };
        tokio::join!(follow_all, remove);
        for topic in topics.iter().chain([&connection.own_topic()]) {
            assert_eq!(followers.listeners(topic).await, [], "race {race}, {topic}");
        }
        let found = followers.store.find(&connection.id, NOW).await.unwrap();
        assert_eq!(found, None);
    }
}

/// An unfollowing that comes late does not bring a forgotten connection back.
pub async fn unfollowing_while_disconnecting_leaves_nothing_behind(
    followers: Followers<'_>,
    tenant: &TenantId,
) {
    for _ in 0..RACES {
        let connection = followers.connected(tenant).await;
        let topic = tag(tenant, "given up");
        followers.follow(&connection, &topic).await;
        let (removed, ()) = tokio::join!(
            followers.store.remove(&connection.id),
            followers.unfollow(&connection, &topic)
        );
        removed.unwrap();
        let found = followers.store.find(&connection.id, NOW).await.unwrap();
        assert_eq!(found, None);
        assert_eq!(followers.listeners(&topic).await, []);
    }
}
