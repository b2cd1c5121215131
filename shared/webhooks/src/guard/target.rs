//! What a URL says.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use url::{Host, Url};

use super::Refused;

/// Longest URL, in bytes.
const LONGEST: usize = 2_048;

/// A URL that was taken apart. Shows only its host and port: paths and queries may hold tokens.
#[derive(Clone)]
pub struct Target {
    pub(crate) https: bool,
    pub(crate) host: Host<String>,
    pub(crate) port: u16,
    /// Path and query.
    pub(crate) path: String,
}

impl Target {
    /// Addresses in odd clothes (`0x7f.1`, `2130706433`) come out as addresses.
    pub(crate) fn read(url: &str) -> Result<Self, Refused> {
        if url.len() > LONGEST {
            return Err(Refused::TooLong);
        }
        let url = Url::parse(url).map_err(|_| Refused::NoUrl)?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(Refused::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Credentials);
        }
        let host = url.host().ok_or(Refused::NoUrl)?.to_owned();
        let port = url.port_or_known_default().ok_or(Refused::NoUrl)?;
        let path = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        Ok(Self {
            https,
            host,
            port,
            path,
        })
    }

    /// Its address, where it needs no asking.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        match &self.host {
            Host::Ipv4(address) => Some((*address).into()),
            Host::Ipv6(address) => Some((*address).into()),
            Host::Domain(name) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                let local = name == "localhost" || name.ends_with(".localhost");
                local.then_some(IpAddr::V4(Ipv4Addr::LOCALHOST))
            }
        }
    }

    /// For the Host header: without the port where the scheme implies it.
    pub(crate) fn authority(&self) -> String {
        let implied = if self.https { 443 } else { 80 };
        match self.port {
            port if port == implied => self.host.to_string(),
            port => format!("{}:{port}", self.host),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({}:{})", self.host, self.port)
    }
}
