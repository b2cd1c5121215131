//! Asks the pusher for what a client has missed.
//!
//! Nothing is looked up here: a route answers with one frame, so whoever posts the updates reads
//! the tasks too. A connection that subscribes before it resumes misses nothing, because what the
//! pusher does not find in the history changes after that, and so after the subscription.

use std::collections::BTreeMap;

use domain::{Connection, Replay};
use wire::frame::InvalidTopic;

use super::{AnswerFrame, FrameError};

impl AnswerFrame {
    /// The pusher answers, with the updates and then with `resumed`.
    pub(super) async fn resume(
        &self,
        connection: Connection,
        tasks: BTreeMap<String, u64>,
    ) -> Result<(), FrameError> {
        let mut replay = Replay {
            tenant: connection.identity.tenant,
            connection: connection.id,
            tasks: BTreeMap::new(),
            done: BTreeMap::new(),
        };
        for (id, seen) in tasks {
            let id = id.parse().map_err(|_| InvalidTopic::RequestId)?;
            replay.tasks.insert(id, seen);
        }
        Ok(self.pusher.replay(&replay).await?)
    }
}
