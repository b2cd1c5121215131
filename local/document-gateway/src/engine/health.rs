//! Whether PostgreSQL answers, so that `hello` can tell drivers to wait for it.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// The last that is known about the server.
#[derive(Debug)]
pub(crate) struct Health {
    up: AtomicBool,
    went_down: Notify,
}

impl Health {
    pub(crate) fn new() -> Self {
        Self {
            up: AtomicBool::new(true),
            went_down: Notify::new(),
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    /// Notes a failed connection, and wakes whoever looks for the server's return.
    pub(crate) fn mark_down(&self) {
        if self.up.swap(false, Ordering::Relaxed) {
            tracing::warn!("postgres does not answer; clients are told to wait");
            self.went_down.notify_one();
        }
    }

    pub(crate) fn mark_up(&self) {
        if !self.up.swap(true, Ordering::Relaxed) {
            tracing::info!("postgres answers again");
        }
    }

    /// Returns as soon as the server is known to be down.
    pub(crate) async fn down(&self) {
        while self.is_up() {
            self.went_down.notified().await;
        }
    }
}
