//! Counts uploads that are neither finished nor aborted.

use std::sync::Arc;

use tokio::sync::watch;

/// The uploads of a process that are still open. A function is frozen when its invocation ends, so
/// it first waits here for those of cancelled tasks to be aborted.
#[derive(Debug, Clone)]
pub struct OpenUploads(Arc<watch::Sender<usize>>);

impl Default for OpenUploads {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl OpenUploads {
    /// Counts one for as long as what it gives lives.
    pub(super) fn enter(&self) -> Entered {
        self.0.send_modify(|count| *count += 1);
        Entered(self.clone())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        *self.0.borrow()
    }

    /// Waits until there are none.
    pub async fn closed(&self) {
        let mut count = self.0.subscribe();
        // It fails where the sender is gone, and this one is here.
        let _ = count.wait_for(|count| *count == 0).await;
    }
}

/// One open upload.
#[derive(Debug)]
pub(super) struct Entered(OpenUploads);

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}
