//! A secret in memory.

use async_trait::async_trait;
use domain::ports::{PortError, SecretReader};

use super::{Faults, Kept};

/// Holds a text. The call is named `secret.read`.
#[derive(Default)]
pub struct MemorySecret {
    text: Kept<String>,
    faults: Faults,
}

impl MemorySecret {
    /// Holds this text.
    pub fn of(text: &str, faults: &Faults) -> Self {
        let secret = Self {
            faults: faults.clone(),
            ..Self::default()
        };
        secret.change(text);
        secret
    }

    /// From now on it holds this text.
    pub fn change(&self, text: &str) {
        text.clone_into(&mut self.text.lock());
    }
}

#[async_trait]
impl SecretReader for MemorySecret {
    async fn read(&self) -> Result<String, PortError> {
        let read = || Ok(self.text.lock().clone());
        self.faults.around("secret.read", read).await
    }
}
