//! Reads a server's address and decides whether the way there is encrypted.

use std::path::Path;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::tls::Connector;
use super::{SERVER, authorities};
use crate::ConnectError;

/// How long one host may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// A server's address.
#[derive(Clone)]
pub(super) struct Address(Config);

impl Address {
    /// Reads the URL or key-value form.
    pub(super) fn parse(text: &str) -> Result<Self, ConnectError> {
        // The driver knows no name for checking certificates because it leaves that to the
        // connector, and ours always checks.
        let text = text
            .replace("sslmode=verify-full", "sslmode=require")
            .replace("sslmode=verify-ca", "sslmode=require");
        let mut config: Config = text.parse().map_err(|_| ConnectError::Address {
            server: SERVER,
            hint: "expected postgres://user:password@host:port/database?sslmode=verify-full",
        })?;
        if config.get_hosts().is_empty() {
            return Err(ConnectError::Address {
                server: SERVER,
                hint: "it names no host",
            });
        }
        config.connect_timeout(CONNECT);
        if config.get_application_name().is_none() {
            config.application_name("adology");
        }
        settle(&mut config);
        Ok(Self(config))
    }

    /// What the driver needs to connect.
    pub(super) fn config(&self) -> &Config {
        &self.0
    }

    /// How the way there is made. With a file, only the authorities in it are trusted.
    pub(super) fn connector(&self, file: Option<&Path>) -> Result<Connector, ConnectError> {
        match self.0.get_ssl_mode() {
            SslMode::Require => Connector::encrypted(authorities::of(self.0.get_hosts(), file)?),
            _ => Ok(Connector::Plain),
        }
    }
}

/// `prefer` would fall back to plain text when told to by anybody on the way: it is settled
/// before the first byte is sent.
fn settle(config: &mut Config) {
    if config.get_ssl_mode() == SslMode::Prefer {
        let mode = if config.get_hosts().iter().all(is_here) {
            SslMode::Disable
        } else {
            SslMode::Require
        };
        config.ssl_mode(mode);
    }
}

/// Whether the host is this machine.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
        Host::Unix(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> SslMode {
        Address::parse(url).unwrap().config().get_ssl_mode()
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_plain_text_unasked() {
        for here in ["localhost", "127.0.0.1", "127.1.2.3"] {
            assert_eq!(mode(&format!("postgres://u@{here}/d")), SslMode::Disable);
        }
        assert_eq!(mode("host=/run/postgresql user=u"), SslMode::Disable);
        for elsewhere in ["db.example.org", "10.0.0.1", "localhost.example.org"] {
            let url = format!("postgres://u:p@{elsewhere}/d");
            assert_eq!(mode(&url), SslMode::Require, "{url}");
            assert_eq!(mode(&format!("{url}?sslmode=prefer")), SslMode::Require);
            assert_eq!(
                mode(&format!("{url}?sslmode=verify-full")),
                SslMode::Require
            );
            assert_eq!(mode(&format!("{url}?sslmode=disable")), SslMode::Disable);
        }
        assert_eq!(
            mode("postgres://u@127.0.0.1/d?sslmode=require"),
            SslMode::Require
        );
    }

    #[test]
    fn a_bad_address_is_not_repeated() {
        for bad in ["", "secret", "postgres://u:secret@h:port/d", "user=secret"] {
            let error = Address::parse(bad).err().unwrap();
            assert!(
                !format!("{error} {error:?}").contains("secret"),
                "{error:?}"
            );
        }
    }
}
