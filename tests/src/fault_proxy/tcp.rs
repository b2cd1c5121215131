//! A line to a server that can be cut and mended.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// Stands between a function and a server.
pub struct TcpProxy {
    address: SocketAddr,
    whole: Arc<watch::Sender<bool>>,
    accepting: AbortHandle,
}

impl TcpProxy {
    /// Forwards to a server, given as host and port.
    pub async fn start(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let whole = Arc::new(watch::Sender::new(true));
        let accepting = tokio::spawn(accept(listener, server.to_owned(), Arc::clone(&whole)));
        Self {
            address,
            whole,
            accepting: accepting.abort_handle(),
        }
    }

    /// Where clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes every connection, and each new one at once, until the line is mended.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

impl Drop for TcpProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(
    listener: TcpListener,
    server: String,
    whole: Arc<watch::Sender<bool>>,
) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        let (client, _) = listener.accept().await.expect("the listener accepts");
        let mut whole = whole.subscribe();
        if *whole.borrow() {
            let server = server.clone();
            connections.spawn(async move {
                tokio::select! {
                    () = pass(client, &server) => {}
                    _ = whole.wait_for(|whole| !whole) => {}
                }
            });
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn pass(mut client: TcpStream, server: &str) {
    if let Ok(mut server) = TcpStream::connect(server).await {
        // However it ends, both sides see their connection close.
        let _ = copy_bidirectional(&mut client, &mut server).await;
    }
}
