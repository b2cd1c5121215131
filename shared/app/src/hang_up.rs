//! Closes a connection.

use std::sync::Arc;

use domain::ConnectionId;
use domain::ports::{ConnectionStore, PortError, PostError, Switchboard};

/// Closes connections.
#[derive(Clone)]
pub struct HangUp {
    /// The way to them.
    pub switchboard: Arc<dyn Switchboard>,
    /// Where open connections are kept.
    pub connections: Arc<dyn ConnectionStore>,
}

/// Why the connection may still be open.
#[derive(Debug, thiserror::Error)]
pub enum HangUpError {
    /// The gateway did not close it.
    #[error("the connection was not closed")]
    Gateway(#[source] PostError),
    /// It is closed, and not forgotten.
    #[error("the closed connection was not forgotten")]
    Store(#[from] PortError),
}

impl HangUp {
    /// Closes the connection and forgets it. Doing it twice is fine.
    pub async fn run(&self, id: &ConnectionId) -> Result<(), HangUpError> {
        match self.switchboard.close(id).await {
            Ok(()) | Err(PostError::Gone) => Ok(self.connections.remove(id).await?),
            Err(error) => Err(HangUpError::Gateway(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use testkit::build;
    use testkit::memory::{Behaviour, Fault, Faults, MemoryConnections, MemoryPostman};

    use super::*;

    #[tokio::test]
    async fn a_connection_is_closed_and_forgotten_once_and_for_all() {
        let faults = Faults::default();
        let connections = Arc::new(MemoryConnections::new(&faults));
        let postman = Arc::new(MemoryPostman::default());
        let hang_up = HangUp {
            switchboard: postman.clone(),
            connections: connections.clone(),
        };
        let connection = build::connection(&build::identity(&build::tenant()));
        connections.register(&connection).await.unwrap();
        let id = &connection.id;

        postman.set(id, Behaviour::Failing);
        assert!(matches!(
            hang_up.run(id).await,
            Err(HangUpError::Gateway(_))
        ));
        assert_eq!(connections.ids().len(), 1);

        postman.set(id, Behaviour::Open);
        faults.on("connections.remove", 1, Fault::Unavailable);
        assert!(matches!(hang_up.run(id).await, Err(HangUpError::Store(_))));
        for _ in 0..2 {
            hang_up.run(id).await.unwrap();
            assert_eq!(connections.ids(), []);
        }
        assert_eq!(postman.closed(), std::slice::from_ref(id));
    }
}
