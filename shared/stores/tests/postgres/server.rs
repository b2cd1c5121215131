//! The `PostgreSQL` server of these tests, named by `DATABASE_URL`.

use stores::postgres::{self, Activity};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, NoTls};

static MIGRATED: OnceCell<()> = OnceCell::const_new();

pub(crate) fn url() -> String {
    std::env::var("DATABASE_URL")
        .expect("DATABASE_URL must name a PostgreSQL server for tests; `make test` sets it")
}

/// The store, with its tables.
pub(crate) async fn store() -> Activity {
    MIGRATED
        .get_or_init(async || drop(postgres::migrate(&url(), None).await.unwrap()))
        .await;
    postgres::connect(&url(), None).unwrap()
}

/// A connection of the test's own.
pub(crate) async fn client() -> Client {
    let (client, connection) = tokio_postgres::connect(&url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A way to the server below its protocol.
pub(crate) async fn wire() -> TcpStream {
    let config: Config = url().parse().unwrap();
    let Host::Tcp(host) = &config.get_hosts()[0] else {
        panic!("DATABASE_URL must name a host, not a socket");
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    TcpStream::connect((host.as_str(), port)).await.unwrap()
}

/// The server's address at another host and port, and with further settings.
pub(crate) fn address(host: &str, port: u16, more: &str) -> String {
    let config: Config = url().parse().unwrap();
    let user = config.get_user().unwrap_or("postgres");
    let database = config.get_dbname().unwrap_or(user);
    let password = config.get_password().map(String::from_utf8_lossy);
    let password = password.unwrap_or_default();
    format!(
        "host={host} port={port} user='{user}' password='{password}' dbname='{database}' {more}"
    )
}
