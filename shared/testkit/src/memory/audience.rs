//! Everybody who is connected, in memory.

use async_trait::async_trait;
use domain::ConnectionId;
use domain::broadcast::Shard;
use domain::ports::{Audience, AudiencePage, AudienceQuery, Census, Page, PortError, Present};

use super::MemoryConnections;

/// The call is named `audience.page`.
#[async_trait]
impl Audience for MemoryConnections {
    async fn page(&self, query: &AudienceQuery) -> Result<AudiencePage, PortError> {
        let page = || {
            let connections = self.connections.lock();
            let matching = connections.values().filter(|open| {
                let connection = &open.connection;
                let tenant = &connection.identity.tenant;
                Shard::of(&connection.id) == query.shard
                    && query
                        .after
                        .as_ref()
                        .is_none_or(|after| &connection.id > after)
                    && query.tenant.as_ref().is_none_or(|wanted| wanted == tenant)
                    && query.now < connection.expires_at()
            });
            let mut items: Vec<_> = matching
                .map(|open| open.connection.id.clone())
                .take(query.limit + 1)
                .collect();
            let more = items.len() > query.limit;
            items.truncate(query.limit);
            let next = items.last().filter(|_| more).cloned();
            Ok(AudiencePage { items, next })
        };
        self.faults.around("audience.page", page).await
    }
}

/// The call is named `census.page`.
#[async_trait]
impl Census for MemoryConnections {
    async fn page(
        &self,
        shard: Shard,
        _: Option<&ConnectionId>,
    ) -> Result<Page<Present, ConnectionId>, PortError> {
        let page = || {
            let connections = self.connections.lock();
            let stored = connections.values().map(|open| &open.connection);
            let present = stored
                .filter(|connection| Shard::of(&connection.id) == shard)
                .map(|connection| Present {
                    tenant: connection.identity.tenant.clone(),
                    user: Some(connection.identity.user.clone()),
                    expires_at: connection.expires_at(),
                });
            Ok(Page {
                items: present.collect(),
                next: None,
            })
        };
        self.faults.around("census.page", page).await
    }
}
