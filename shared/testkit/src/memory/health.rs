//! A server that is only a name.

use async_trait::async_trait;
use domain::ports::{Health, PortError};

use super::Faults;

/// Answers unless told otherwise. The call is named after the server.
#[derive(Debug)]
pub struct MemoryHealth {
    name: &'static str,
    faults: Faults,
}

impl MemoryHealth {
    /// A server of that name.
    pub fn new(name: &'static str, faults: &Faults) -> Self {
        Self {
            name,
            faults: faults.clone(),
        }
    }
}

#[async_trait]
impl Health for MemoryHealth {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn ping(&self) -> Result<(), PortError> {
        self.faults.around(self.name, || Ok(())).await
    }
}
