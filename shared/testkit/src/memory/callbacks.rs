//! The callbacks queue and root secrets in memory.

use async_trait::async_trait;
use domain::ports::{CallbackQueue, PortError, RootSecretStore};
use domain::{Callback, RootSecret, RootSecrets};

use super::{Faults, Kept};

/// Takes callbacks to nobody. The call is named `callbacks.send`.
#[derive(Debug, Default)]
pub struct MemoryCallbackQueue {
    sent: Kept<Vec<Callback>>,
    faults: Faults,
}

impl MemoryCallbackQueue {
    /// An empty queue.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Takes everything that was sent since the last time.
    pub fn take(&self) -> Vec<Callback> {
        std::mem::take(&mut self.sent.lock())
    }
}

#[async_trait]
impl CallbackQueue for MemoryCallbackQueue {
    async fn send(&self, callback: &Callback) -> Result<(), PortError> {
        let send = || {
            self.sent.lock().push(callback.clone());
            Ok(())
        };
        self.faults.around("callbacks.send", send).await
    }
}

/// Keeps root secrets that everybody knows: the `n`-th is 32 times the byte `n`. The call is named
/// `roots.read`.
#[derive(Debug, Default)]
pub struct MemoryRootSecrets {
    rotations: Kept<u8>,
    faults: Faults,
}

impl MemoryRootSecrets {
    /// The first secret, which has none before it.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Puts the next secret before the present one.
    pub fn rotate(&self) {
        *self.rotations.lock() += 1;
    }
}

#[async_trait]
impl RootSecretStore for MemoryRootSecrets {
    async fn read(&self) -> Result<RootSecrets, PortError> {
        let read = || {
            let rotations = *self.rotations.lock();
            let previous = rotations.checked_sub(1).map(secret).transpose()?;
            Ok(RootSecrets {
                current: secret(rotations)?,
                previous,
            })
        };
        self.faults.around("roots.read", read).await
    }
}

fn secret(n: u8) -> Result<RootSecret, PortError> {
    RootSecret::new(vec![n; 32]).map_err(|error| PortError::broken("memory", error))
}
