//! Whether the server answers.

use std::time::Duration;

use async_trait::async_trait;
use bson::doc;
use domain::ports::{Health, PortError};
use tokio::time::timeout;

use super::failure::Failure;
use super::{Events, SERVER};

/// How long the answer may take.
const PING: Duration = Duration::from_millis(4_500);

#[async_trait]
impl Health for Events {
    fn name(&self) -> &'static str {
        SERVER
    }

    async fn ping(&self) -> Result<(), PortError> {
        let answer = timeout(PING, self.database.run_command(doc! { "ping": 1 })).await;
        let answer = answer.map_err(|_| Failure::TooSlow(PING))?;
        Ok(answer.map(drop).map_err(Failure::from)?)
    }
}
