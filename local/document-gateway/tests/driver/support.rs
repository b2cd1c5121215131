//! Starts the gateway under test, and gives every test a database of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mongodb::bson::Document;
use mongodb::options::ClientOptions;
use mongodb::{Client, Collection, Database};

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The URL of the PostgreSQL that the tests use.
pub(crate) fn postgres_url() -> String {
    std::env::var("DOCUMENT_ENGINE_URL").expect(
        "set DOCUMENT_ENGINE_URL to a PostgreSQL with the documentdb extension, for example \
         postgres://postgres@127.0.0.1:5432/postgres (make test does)",
    )
}

/// A running gateway, stopped when the test ends.
pub(crate) struct Gateway {
    child: Child,
    /// `host:port` where it listens.
    pub(crate) address: String,
}

impl Gateway {
    /// Starts a gateway on a free port in front of the tests' PostgreSQL.
    pub(crate) fn start() -> Self {
        Self::in_front_of(&postgres_url())
    }

    /// Starts a gateway on a free port in front of another PostgreSQL.
    pub(crate) fn in_front_of(postgres: &str) -> Self {
        let arguments = [
            "--listen",
            "127.0.0.1:0",
            "--connections",
            "12",
            "--postgres",
            postgres,
        ];
        let mut child = command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .trim()
            .strip_prefix("listening on ")
            .expect("the gateway did not start");
        Self {
            address: address.to_owned(),
            child,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn uri(&self) -> String {
        format!("mongodb://{}/?replicaSet=rs0", self.address)
    }

    pub(crate) async fn client(&self) -> Client {
        let mut options = ClientOptions::parse(self.uri()).await.unwrap();
        options.server_selection_timeout = Some(Duration::from_secs(10));
        Client::with_options(options).unwrap()
    }

    /// Waits for the program's end, and tells whether it ended well.
    pub(crate) fn wait(&mut self) -> bool {
        self.child.wait().unwrap().success()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The gateway's program with these arguments and without the caller's environment for it.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_document-gateway"));
    command
        .args(arguments)
        .env_remove("DOCUMENT_GATEWAY_LISTEN")
        .env_remove("DOCUMENT_ENGINE_URL");
    command
}

/// A gateway, a client and an empty database.
pub(crate) struct Fixture {
    pub(crate) client: Client,
    pub(crate) database: Database,
    pub(crate) gateway: Gateway,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let gateway = Gateway::start();
        let client = gateway.client().await;
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let database = client.database(&format!("gateway_{}_{number}", std::process::id()));
        database.drop().await.unwrap();
        Self {
            client,
            database,
            gateway,
        }
    }

    pub(crate) fn collection(&self, name: &str) -> Collection<Document> {
        self.database.collection(name)
    }

    /// Drops the test's database.
    pub(crate) async fn end(self) {
        self.database.drop().await.unwrap();
    }
}

/// The number of a command's, or a write's, error.
pub(crate) fn code(error: &mongodb::error::Error) -> Option<i32> {
    use mongodb::error::{ErrorKind, WriteFailure};
    match error.kind.as_ref() {
        ErrorKind::Command(error) => Some(error.code),
        ErrorKind::Write(WriteFailure::WriteError(error)) => Some(error.code),
        ErrorKind::InsertMany(error) => Some(error.write_errors.as_ref()?.first()?.code),
        _ => None,
    }
}
