//! Answers what a client says over its WebSocket.

use std::sync::Arc;

use domain::ConnectionId;
use domain::ports::{Clock, ConnectionStore, PortError};
use protocol::frames::{BadFrame, ClientFrame, ServerFrame};

/// Answers client frames.
#[derive(Clone)]
pub struct AnswerFrame {
    /// Where open connections are kept.
    pub connections: Arc<dyn ConnectionStore>,
    /// What a pong shows.
    pub clock: Arc<dyn Clock>,
}

/// Why a frame gets an error for an answer. The connection lives on.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The frame is not understood.
    #[error(transparent)]
    Bad(#[from] BadFrame),
    /// The connection was forgotten or is too old.
    #[error("this connection is not known any more: open a new one")]
    UnknownConnection,
    /// A store did not answer.
    #[error("the frame cannot be answered now: send it again")]
    Store(#[from] PortError),
}

impl FrameError {
    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Bad(bad) => bad.code(),
            Self::UnknownConnection => "unknown_connection",
            Self::Store(_) => "unavailable",
        }
    }
}

impl From<&FrameError> for ServerFrame {
    fn from(error: &FrameError) -> Self {
        Self::Error {
            code: error.code().into(),
            message: error.to_string(),
        }
    }
}

impl AnswerFrame {
    /// The answer to a text frame. An error is answered too: by the [`ServerFrame`] made of it.
    pub async fn run(&self, id: &ConnectionId, text: &str) -> Result<ServerFrame, FrameError> {
        let frame = ClientFrame::read(text)?;
        let now = self.clock.now();
        let connection = self.connections.find(id, now).await?;
        connection.ok_or(FrameError::UnknownConnection)?;
        match frame {
            ClientFrame::Ping {} => Ok(ServerFrame::Pong { at: now }),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::connection::LIFETIME;
    use testkit::ambient::FixedClock;
    use testkit::build::{self, NOW};
    use testkit::memory::{Fault, Faults, MemoryConnections};

    use super::*;

    struct Scene {
        answer: AnswerFrame,
        id: ConnectionId,
        clock: Arc<FixedClock>,
        faults: Faults,
    }

    async fn scene() -> Scene {
        let faults = Faults::default();
        let connections = Arc::new(MemoryConnections::new(&faults));
        let connection = build::connection(&build::identity(&build::tenant()));
        connections.register(&connection).await.unwrap();
        let clock = Arc::new(FixedClock::at(NOW));
        let answer = AnswerFrame {
            connections,
            clock: clock.clone(),
        };
        Scene {
            answer,
            id: connection.id,
            clock,
            faults,
        }
    }

    const PING: &str = r#"{"action":"ping"}"#;

    impl Scene {
        async fn code(&self, text: &str) -> &'static str {
            let error = self.answer.run(&self.id, text).await.unwrap_err();
            let ServerFrame::Error { code, message } = ServerFrame::from(&error) else {
                panic!("an error is answered by an error");
            };
            assert_eq!((code.as_str(), message.is_empty()), (error.code(), false));
            error.code()
        }
    }

    #[tokio::test]
    async fn a_ping_is_answered_by_a_pong() {
        let scene = scene().await;
        let pong = scene.answer.run(&scene.id, PING).await.unwrap();
        assert_eq!(pong, ServerFrame::Pong { at: NOW });
    }

    #[tokio::test]
    async fn mistakes_are_answered_without_asking_a_store() {
        let scene = scene().await;
        assert_eq!(scene.code("no").await, "not_json");
        assert_eq!(scene.code(r#"{"action":"fly"}"#).await, "unknown_action");
        assert_eq!(scene.code("[]").await, "invalid_frame");
        assert_eq!(scene.faults.count("connections.find"), 0);
    }

    #[tokio::test]
    async fn who_is_not_connected_any_more_is_told() {
        let mut scene = scene().await;
        scene.clock.advance(LIFETIME);
        assert_eq!(scene.code(PING).await, "unknown_connection");
        scene.id = build::connection_id();
        assert_eq!(scene.code(PING).await, "unknown_connection");
        scene.faults.always("connections.find", Fault::Unavailable);
        assert_eq!(scene.code(PING).await, "unavailable");
    }
}
