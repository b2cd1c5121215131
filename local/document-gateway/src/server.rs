//! Accepts clients until it is told to stop.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use crate::command::{Peer, Service};
use crate::connection;

/// How long to wait after a failure to accept, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the server cannot run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error("cannot listen on {0}: {1}")]
    Bind(SocketAddr, #[source] std::io::Error),
    #[error("cannot listen for signals: {0}")]
    Signal(#[source] std::io::Error),
}

/// Takes the address before anything else, so that a taken port is reported first.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| ServeError::Bind(address, error))
}

/// Serves until SIGTERM or SIGINT; what clients have open is then rolled back.
pub(crate) async fn run(listener: TcpListener, service: Arc<Service>) -> Result<(), ServeError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Signal)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Signal)?;
    let mut clients = JoinSet::new();
    let mut connection_id = 0_i32;
    announce(&listener);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, remote)) => {
                    connection_id = connection_id.wrapping_add(1);
                    let service = Arc::clone(&service);
                    clients.spawn(welcome(stream, remote, connection_id, service));
                }
                Err(error) => {
                    tracing::warn!(%error, "server.accept_failed");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = clients.join_next() => {}
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    clients.shutdown().await;
    tracing::info!("stopped");
    Ok(())
}

async fn welcome(stream: TcpStream, remote: SocketAddr, connection_id: i32, service: Arc<Service>) {
    match stream.local_addr() {
        Ok(local) => {
            let peer = Peer {
                local,
                remote,
                connection_id,
            };
            connection::serve(stream, &service, peer).await;
        }
        Err(error) => tracing::debug!(%error, "connection.lost"),
    }
}

/// Says on standard output that clients can come, for those who started us.
fn announce(listener: &TcpListener) {
    let Ok(address) = listener.local_addr() else {
        return;
    };
    // A closed standard output is the caller's choice.
    writeln!(std::io::stdout(), "listening on {address}").ok();
    tracing::info!(%address, "listening");
}
