//! A server's address that a test can change.

use async_trait::async_trait;
use domain::ServerAddress;
use domain::ports::{AddressSource, PortError};

use super::Kept;

/// An address as it is now.
#[derive(Debug)]
pub struct MemoryAddress(Kept<ServerAddress>);

impl MemoryAddress {
    /// This one, for now.
    pub fn new(address: impl Into<String>) -> Self {
        Self(Kept(ServerAddress::new(address).into()))
    }

    /// From now on another.
    pub fn change(&self, address: impl Into<String>) {
        *self.0.lock() = ServerAddress::new(address);
    }
}

#[async_trait]
impl AddressSource for MemoryAddress {
    async fn read(&self) -> Result<ServerAddress, PortError> {
        Ok(self.0.lock().clone())
    }
}
