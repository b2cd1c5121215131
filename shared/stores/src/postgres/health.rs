//! Whether the server answers.

use async_trait::async_trait;
use domain::ports::{Health, PortError};

use super::SERVER;
use super::activity::Activity;

#[async_trait]
impl Health for Activity {
    fn name(&self) -> &'static str {
        SERVER
    }

    async fn ping(&self) -> Result<(), PortError> {
        self.sessions.run("SELECT 1", &[]).await.map(drop)
    }
}
