//! What the command line and the environment ask for.

use std::net::{IpAddr, SocketAddr};

use tokio_postgres::Config;

const DEFAULT_LISTEN: &str = "127.0.0.1:27017";
const DEFAULT_CONNECTIONS: usize = 32;

/// How to call the program.
pub(crate) const USAGE: &str = "usage: document-gateway [--listen 127.0.0.1:27017] \
     --postgres postgres://user@127.0.0.1:5432/postgres [--connections 32]
The environment variables DOCUMENT_GATEWAY_LISTEN and DOCUMENT_ENGINE_URL stand in for the first \
two.";

/// Everything that can be set.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) postgres: Config,
    /// The most connections to PostgreSQL at once; transactions take up to half of them.
    pub(crate) connections: usize,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("{0}")]
    Help(&'static str),
    #[error("unknown argument {0}\n{USAGE}")]
    Unknown(String),
    #[error("{0} needs a value")]
    NoValue(String),
    #[error("the PostgreSQL URL is missing: give --postgres or DOCUMENT_ENGINE_URL")]
    NoPostgres,
    #[error("{0} is not an address such as {DEFAULT_LISTEN}")]
    Listen(String, #[source] std::net::AddrParseError),
    #[error("{0} is not a loopback address, and this server asks nobody for a password")]
    NotLoopback(IpAddr),
    #[error("the PostgreSQL URL is not valid")]
    Postgres(#[source] tokio_postgres::Error),
    #[error("--connections takes a number from 2 to 1000, not {0}")]
    Connections(String),
}

impl Settings {
    /// Reads arguments first and lets the environment fill in.
    pub(crate) fn read(
        arguments: impl Iterator<Item = String>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        let given = Given::parse(arguments)?;
        let listen = given
            .listen
            .or_else(|| environment("DOCUMENT_GATEWAY_LISTEN"));
        let postgres = given
            .postgres
            .or_else(|| environment("DOCUMENT_ENGINE_URL"));
        Ok(Self {
            listen: loopback(listen.as_deref().unwrap_or(DEFAULT_LISTEN))?,
            postgres: postgres
                .ok_or(SettingsError::NoPostgres)?
                .parse()
                .map_err(SettingsError::Postgres)?,
            connections: given
                .connections
                .map_or(Ok(DEFAULT_CONNECTIONS), connections)?,
        })
    }
}

/// The arguments as they were written.
#[derive(Debug, Default)]
struct Given {
    listen: Option<String>,
    postgres: Option<String>,
    connections: Option<String>,
}

impl Given {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, SettingsError> {
        let mut given = Self::default();
        while let Some(argument) = arguments.next() {
            let place = match argument.as_str() {
                "--listen" => &mut given.listen,
                "--postgres" => &mut given.postgres,
                "--connections" => &mut given.connections,
                "--help" | "-h" => return Err(SettingsError::Help(USAGE)),
                _ => return Err(SettingsError::Unknown(argument)),
            };
            *place = Some(arguments.next().ok_or(SettingsError::NoValue(argument))?);
        }
        Ok(given)
    }
}

fn loopback(text: &str) -> Result<SocketAddr, SettingsError> {
    let address: SocketAddr = text
        .parse()
        .map_err(|error| SettingsError::Listen(text.to_owned(), error))?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(SettingsError::NotLoopback(address.ip()))
    }
}

fn connections(text: String) -> Result<usize, SettingsError> {
    let number = text
        .parse()
        .ok()
        .filter(|number| (2..=1000).contains(number));
    number.ok_or(SettingsError::Connections(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Settings, SettingsError> {
        let arguments = arguments.iter().map(ToString::to_string);
        Settings::read(arguments, |name| {
            (name == "DOCUMENT_ENGINE_URL").then(|| "postgres://a@127.0.0.1/b".to_owned())
        })
    }

    #[test]
    fn defaults_apply() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.listen.to_string(), DEFAULT_LISTEN);
        assert_eq!(settings.connections, DEFAULT_CONNECTIONS);
        assert_eq!(settings.postgres.get_dbname(), Some("b"));
    }

    #[test]
    fn arguments_win_over_the_environment() {
        let settings = read(&[
            "--postgres",
            "postgres://x@127.0.0.1/y",
            "--connections",
            "4",
        ]);
        let settings = settings.unwrap();
        assert_eq!(settings.postgres.get_dbname(), Some("y"));
        assert_eq!(settings.connections, 4);
    }

    #[test]
    fn mistakes_are_named() {
        let refused = |arguments: &[&str]| read(arguments).unwrap_err();
        assert!(matches!(
            refused(&["--listen", "0.0.0.0:1"]),
            SettingsError::NotLoopback(_)
        ));
        assert!(matches!(
            refused(&["--listen", "here"]),
            SettingsError::Listen(..)
        ));
        assert!(matches!(refused(&["--listen"]), SettingsError::NoValue(_)));
        assert!(matches!(
            refused(&["--connections", "1"]),
            SettingsError::Connections(_)
        ));
        assert!(matches!(refused(&["--fast"]), SettingsError::Unknown(_)));
        assert!(matches!(
            refused(&["--postgres", "::"]),
            SettingsError::Postgres(_)
        ));
        let nothing = Settings::read(std::iter::empty(), |_| None);
        assert!(matches!(nothing.unwrap_err(), SettingsError::NoPostgres));
    }
}
