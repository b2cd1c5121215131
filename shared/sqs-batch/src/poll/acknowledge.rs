//! Has the queue forget what is handled, several messages in one call.

use std::time::Duration;

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::stream::{ReadyChunks, StreamExt};
use tokio::time::sleep;

use super::{Inbox, MOST};

/// How often a call is made for the same message. What is not forgotten then is delivered again, which
/// every handler must be ready for anyway.
const CALLS: usize = 3;

/// The wait between two of them.
const PAUSE: Duration = Duration::from_millis(200);

/// Receipts on their way. A call takes what has gathered during the one before: no message waits for
/// others, and a busy poller still fills its calls.
pub(super) struct Acknowledgements<'a, I> {
    inbox: &'a I,
    receipts: ReadyChunks<UnboundedReceiver<String>>,
}

/// Where handled messages are told of. When it is dropped, the last call is made.
pub(super) struct Done(UnboundedSender<String>);

impl Done {
    /// A message was handled; with its receipt if the queue may forget it.
    pub(super) fn tell(&self, receipt: Option<String>) {
        if let Some(receipt) = receipt {
            // The other end goes only after this one.
            let _ = self.0.unbounded_send(receipt);
        }
    }
}

impl<'a, I: Inbox> Acknowledgements<'a, I> {
    pub(super) fn of(inbox: &'a I) -> (Self, Done) {
        let (sender, receipts) = unbounded();
        let receipts = receipts.ready_chunks(MOST);
        (Self { inbox, receipts }, Done(sender))
    }

    /// Ends when everything is told.
    pub(super) async fn run(mut self) {
        while let Some(mut receipts) = self.receipts.next().await {
            for call in 1..=CALLS {
                match self.inbox.delete(&receipts).await {
                    Ok(left) if left.is_empty() => break,
                    Ok(left) => receipts = left,
                    Err(_) => {}
                }
                if call < CALLS {
                    sleep(PAUSE).await;
                }
            }
        }
    }
}
