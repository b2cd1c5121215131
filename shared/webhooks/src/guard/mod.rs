//! Keeps webhooks out of networks that they have no business in (server-side request forgery).

mod address;
mod exceptions;
mod network;
mod target;

use std::net::IpAddr;

pub use address::AddressKind;
pub use exceptions::NoException;
pub use network::{Network, NoNetwork};
pub use target::Target;

/// Where webhooks may go. Strict unless told otherwise: HTTPS to port 443 of public addresses.
#[derive(Debug, Clone)]
pub struct Guard {
    http: bool,
    ports: Vec<u16>,
    any_port: bool,
    networks: Vec<Network>,
}

/// Why a webhook may not go there. Holds no part of the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no URL.
    #[error("that is no URL")]
    NoUrl,
    /// It is longer than 2,048 bytes.
    #[error("a URL has at most 2048 bytes")]
    TooLong,
    /// It is not HTTPS.
    #[error("webhooks go by https")]
    Scheme,
    /// It holds a user or password, which belong into no URL.
    #[error("the URL holds a user or password")]
    Credentials,
    /// Its port is not among those allowed.
    #[error("webhooks do not go to port {0}")]
    Port(u16),
    /// Its address is not public.
    #[error("webhooks do not go to {0} addresses")]
    Address(AddressKind),
}

impl Guard {
    /// HTTPS, port 443, public addresses.
    pub fn strict() -> Self {
        Self {
            http: false,
            ports: vec![443],
            any_port: false,
            networks: Vec::new(),
        }
    }

    /// Plain HTTP too, which anybody on the way can read. For networks of one's own.
    #[must_use]
    pub fn allow_http(mut self) -> Self {
        self.http = true;
        self
    }

    /// This port too.
    #[must_use]
    pub fn allow_port(mut self, port: u16) -> Self {
        self.ports.push(port);
        self
    }

    /// Every port.
    #[must_use]
    pub fn allow_any_port(mut self) -> Self {
        self.any_port = true;
        self
    }

    /// This network too, though it is not public. Addresses that give out a machine's credentials
    /// stay closed whatever is allowed.
    #[must_use]
    pub fn allow_network(mut self, network: Network) -> Self {
        self.networks.push(network);
        self
    }

    /// Checks what a URL says. Use it where the URL is taken in, to refuse it there and then; what
    /// its name resolves to is checked at every attempt.
    pub fn check_url(&self, url: &str) -> Result<Target, Refused> {
        let target = Target::read(url)?;
        if !(target.https || self.http) {
            return Err(Refused::Scheme);
        }
        if !self.any_port && !self.ports.contains(&target.port) {
            return Err(Refused::Port(target.port));
        }
        target
            .address()
            .map_or(Ok(()), |address| self.check_address(address))?;
        Ok(target)
    }

    /// Checks an address.
    pub fn check_address(&self, address: IpAddr) -> Result<(), Refused> {
        let Some(kind) = AddressKind::of(address) else {
            return Ok(());
        };
        let allowed = self
            .networks
            .iter()
            .any(|network| network.contains(address));
        if allowed && kind != AddressKind::Metadata {
            Ok(())
        } else {
            Err(Refused::Address(kind))
        }
    }
}

impl Default for Guard {
    fn default() -> Self {
        Self::strict()
    }
}
