//! Has a connection listen to a topic.

use domain::ports::Followed;
use domain::{Connection, Identity, RequestId, Scope, Topic};
use protocol::frames::{ServerFrame, TopicName};

use super::{AnswerFrame, FrameError};

impl AnswerFrame {
    /// Looks whether the caller may, then subscribes. The version of a task is read afterwards:
    /// what changes it from then on is pushed, what has changed it before is in it.
    pub(super) async fn subscribe(
        &self,
        connection: &Connection,
        name: TopicName,
    ) -> Result<ServerFrame, FrameError> {
        let caller = &connection.identity;
        let topic = wire::frame::topic(&name, caller)?;
        self.authorize(caller, &topic).await?;
        match self.subscriptions.follow(connection, &topic).await? {
            Followed::Listening => {}
            Followed::TooManyTopics => return Err(FrameError::TooManyTopics),
            Followed::NotConnected => return Err(FrameError::UnknownConnection),
        }
        let version = match topic {
            Topic::Task(_, id) => Some(self.version(caller, id).await?),
            Topic::User(..) | Topic::Tag(..) | Topic::Logs(..) | Topic::Operators => None,
        };
        Ok(ServerFrame::Subscribed {
            topic: name,
            version,
        })
    }

    /// Again at every subscription, from what the connection's ticket said.
    async fn authorize(&self, caller: &Identity, topic: &Topic) -> Result<(), FrameError> {
        match topic {
            Topic::Task(_, id) => self.version(caller, *id).await.map(drop),
            Topic::Operators if !caller.scopes.contains(&Scope::Operator) => {
                Err(FrameError::Forbidden)
            }
            Topic::User(..) | Topic::Tag(..) | Topic::Logs(..) | Topic::Operators => Ok(()),
        }
    }

    async fn version(&self, caller: &Identity, id: RequestId) -> Result<u64, FrameError> {
        let task = self.tasks.load(&caller.tenant, id).await?;
        Ok(task.ok_or(FrameError::TaskNotFound)?.version)
    }
}
