//! Speaks the MongoDB wire protocol in front of PostgreSQL with the documentdb extension.

mod command;
mod connection;
mod engine;
mod fault;
mod server;
mod settings;
mod wire;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use command::Service;
use engine::{Engine, OpenError};
use server::ServeError;
use settings::{Settings, SettingsError};
use tracing_subscriber::EnvFilter;

/// What is logged unless `RUST_LOG` says otherwise. The pool would repeat what `Health` reports.
const LOGGED: &str = "info,deadpool.postgres=error";

/// Why the program ends with a failure.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Serve(#[from] ServeError),
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Without a standard error there is nobody to tell.
            writeln!(std::io::stderr(), "document-gateway: {failure}").ok();
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failure> {
    let settings = Settings::read(std::env::args().skip(1), |name| std::env::var(name).ok())?;
    let listener = server::bind(settings.listen).await?;
    let engine = Engine::open(&settings.postgres, settings.connections).await?;
    let service = Arc::new(Service::new(engine.clone(), settings.connections));
    let sweeper = Arc::clone(&service);
    tokio::spawn(engine.watch());
    tokio::spawn(async move { sweeper.sweep().await });
    server::run(listener, service).await?;
    Ok(())
}
