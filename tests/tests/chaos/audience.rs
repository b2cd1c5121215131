//! A page that stays open.

use std::collections::BTreeSet;

use end_to_end::{Caller, Socket};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::PATIENCE;

/// A tenant's open WebSocket, read from the start.
pub(crate) struct Audience {
    ended: mpsc::UnboundedReceiver<String>,
    reading: AbortHandle,
}

impl Drop for Audience {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Audience {
    /// Opens a socket. Its user's tasks arrive without a subscription.
    pub(crate) async fn of(caller: &Caller) -> Self {
        let socket = caller.socket().await;
        let (tell, ended) = mpsc::unbounded_channel();
        let reading = tokio::spawn(read(socket, tell)).abort_handle();
        Self { ended, reading }
    }

    /// Waits until the page has seen the end of all these tasks, and gives those of which it saw
    /// another end than completion.
    pub(crate) async fn sees_the_end_of(mut self, ids: &BTreeSet<String>) -> Vec<String> {
        let mut waiting = ids.clone();
        let mut odd = Vec::new();
        while !waiting.is_empty() {
            let ended = self.ended.recv().await.expect("the socket stays open");
            let (id, status) = ended.split_once(' ').expect("an id and a status");
            waiting.remove(id);
            if status != "completed" {
                odd.push(ended);
            }
        }
        odd
    }
}

/// Tells of each end as id and status.
async fn read(mut socket: Socket, tell: mpsc::UnboundedSender<String>) {
    loop {
        let frame = socket.frame_within(PATIENCE).await;
        if frame["type"] == "update" && frame["status"] != "processing" {
            let id = frame["request_id"].as_str().unwrap_or_default();
            let status = frame["status"].as_str().unwrap_or_default();
            if tell.send(format!("{id} {status}")).is_err() {
                return;
            }
        }
    }
}
