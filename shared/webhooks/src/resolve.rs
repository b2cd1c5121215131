//! Asks for the addresses of a name.

use std::future::Future;
use std::io;
use std::net::IpAddr;

/// Resolves names. Asked once per attempt: the addresses that were checked are the ones that are
/// connected to, so a name that answers differently the next time gains nothing.
pub trait Resolver: Send + Sync {
    /// The addresses of a name.
    fn resolve(&self, name: &str) -> impl Future<Output = io::Result<Vec<IpAddr>>> + Send;
}

/// Asks the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}
