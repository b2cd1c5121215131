//! Has a connection listen to a topic no more.

use domain::Connection;
use protocol::frames::{ServerFrame, TopicName};

use super::{AnswerFrame, FrameError};

impl AnswerFrame {
    /// Whether the connection listened to it or not.
    pub(super) async fn unsubscribe(
        &self,
        connection: &Connection,
        name: TopicName,
    ) -> Result<ServerFrame, FrameError> {
        let topic = wire::frame::topic(&name, &connection.identity)?;
        self.subscriptions.unfollow(connection, &topic).await?;
        Ok(ServerFrame::Unsubscribed { topic: name })
    }
}
