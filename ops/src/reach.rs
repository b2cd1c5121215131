//! The way to a database's server, step by step, so that what blocks it can be said in plain words.

use std::io;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// A server that is there accepts within milliseconds; a second means that something swallows the packets.
const CONNECT: Duration = Duration::from_secs(1);

/// What blocks the way.
#[derive(Debug, thiserror::Error)]
pub enum Blocked {
    /// The address names no host.
    #[error("the address names no host")]
    NoHost,
    /// DNS knows no such name.
    #[error("the name {0} is not known to DNS: it is misspelt, or only known inside a VPC")]
    Name(String),
    /// The machine is there, and nothing listens.
    #[error(
        "{0} refuses connections: nothing listens there, the server is stopped or has another port"
    )]
    Refused(String),
    /// Nobody answers.
    #[error(
        "no answer from {0} within {seconds} s: a firewall, a security group or a missing route drops it",
        seconds = CONNECT.as_secs()
    )]
    Silent(String),
    /// Something else.
    #[error("{host} cannot be reached")]
    Other {
        /// Host and port.
        host: String,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
}

/// Whether any server of the address accepts a connection. `mongodb+srv` addresses name their servers in DNS, and
/// are left to the driver.
///
/// # Errors
///
/// None does; the first one's reason.
pub async fn way(address: &str, default_port: u16) -> Result<(), Blocked> {
    if address.starts_with("mongodb+srv:") {
        return Ok(());
    }
    let mut first = None;
    for (host, port) in hosts(address, default_port) {
        match to(&host, port).await {
            Ok(()) => return Ok(()),
            Err(blocked) => first = first.or(Some(blocked)),
        }
    }
    Err(first.unwrap_or(Blocked::NoHost))
}

async fn to(host: &str, port: u16) -> Result<(), Blocked> {
    let name = format!("{host}:{port}");
    let addresses = lookup_host((host, port)).await;
    let addresses = addresses.map_err(|_| Blocked::Name(host.to_owned()))?;
    let addresses: Vec<_> = addresses.collect();
    match timeout(CONNECT, TcpStream::connect(&addresses[..])).await {
        Ok(Ok(_)) => Ok(()),
        Err(_) => Err(Blocked::Silent(name)),
        Ok(Err(cause)) => Err(match cause.kind() {
            io::ErrorKind::ConnectionRefused => Blocked::Refused(name),
            io::ErrorKind::TimedOut => Blocked::Silent(name),
            _ => Blocked::Other { host: name, cause },
        }),
    }
}

/// Hosts and ports of `scheme://user:password@host:port,host:port/database`.
fn hosts(address: &str, default_port: u16) -> Vec<(String, u16)> {
    let (_, rest) = address.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    // A password may hold an @ of its own.
    let (_, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let hosts = hosts.split(',').filter(|host| !host.is_empty());
    hosts
        .map(|host| host_and_port(host, default_port))
        .collect()
}

fn host_and_port(text: &str, default_port: u16) -> (String, u16) {
    let (host, port) = match text.rsplit_once(':') {
        // The colons of an IPv6 address are inside brackets.
        Some((host, port)) if !port.contains(']') => (host, port.parse().unwrap_or(default_port)),
        _ => (text, default_port),
    };
    (host.trim_matches(['[', ']']).to_owned(), port)
}

/// What a driver's words mean for whoever has to mend it.
pub fn advice(words: &str) -> &'static str {
    let words = words.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    if has(&[
        "password",
        "authentication",
        "scram",
        "no pg_hba.conf entry",
    ]) {
        "the server refuses the sign-in: compare user and password with its own, or with the secret"
    } else if has(&["certificate", "tls", "unknownissuer", "invalid peer"]) {
        "encryption fails: give the file of its authorities as DATABASE_CA_FILE, and the name that its certificate has"
    } else if has(&["too many", "remaining connection slots"]) {
        "its connections are used up: see who holds them, or lower the functions' concurrency"
    } else if has(&["does not exist"]) {
        "the database or user is not there: create it, then run the migrations"
    } else if has(&["did not answer", "timed out", "timeout"]) {
        "it accepts connections and does not answer: it is overloaded, starting, or failing over"
    } else {
        "`ops doctor` looks at the way there"
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn hosts_are_read_from_either_kind_of_address() {
        let of = |address| hosts(address, 5432);
        let one = |host: &str, port| vec![(host.to_owned(), port)];
        assert_eq!(
            of("postgres://u:p@ss@db.example:6543/x?sslmode=require"),
            one("db.example", 6543)
        );
        assert_eq!(of("postgres://db.example"), one("db.example", 5432));
        assert_eq!(of("postgres://u@[::1]:6543/x"), one("::1", 6543));
        assert_eq!(
            of("mongodb://u:p@a:1,b/x"),
            vec![("a".into(), 1), ("b".into(), 5432)]
        );
        assert_eq!(of("nonsense"), vec![]);
    }

    #[tokio::test]
    async fn what_blocks_the_way_is_told_apart() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let open = format!("postgres://u:secret@127.0.0.1:{port}/x");
        way(&open, 5432).await.unwrap();
        drop(listener);
        let refused = way(&open, 5432).await.unwrap_err();
        assert!(matches!(refused, Blocked::Refused(_)));
        assert!(!refused.to_string().contains("secret"));
        let unknown = way("postgres://u@no.such.host.invalid/x", 5432).await;
        assert!(matches!(unknown.unwrap_err(), Blocked::Name(_)));
        assert!(matches!(
            way("postgres:///x", 5432).await.unwrap_err(),
            Blocked::NoHost
        ));
    }

    #[test]
    fn words_of_drivers_have_a_meaning() {
        let words = "postgres refused: FATAL: password authentication failed for user \"a\"";
        assert!(advice(words).contains("sign-in"));
        assert!(advice("invalid peer certificate: UnknownIssuer").contains("DATABASE_CA_FILE"));
        assert!(advice("database \"x\" does not exist").contains("create it"));
    }
}
