//! Hiding messages in the queue, and showing them.

use std::future::{Future, ready};
use std::sync::Arc;
use std::time::Duration;

use crate::BoxError;

/// Hides a delivered message for a length of time from now: longer while it is worked on, shorter
/// to have it delivered again. `ChangeMessageVisibility` of SQS, behind whichever client.
///
/// ```
/// use std::time::Duration;
/// use sqs_batch::{BoxError, Visibility};
///
/// struct Queue; // holds an SQS client and the queue's URL
///
/// impl Visibility for Queue {
///     async fn hide(&self, receipt: &str, length: Duration) -> Result<(), BoxError> {
///         // client.change_message_visibility().receipt_handle(receipt)...
///         Ok(())
///     }
/// }
/// ```
pub trait Visibility: Send + Sync {
    /// `receipt` is the handle that came with the delivery. SQS takes whole seconds up to 12 hours
    /// since the delivery; adapters round up.
    fn hide(
        &self,
        receipt: &str,
        length: Duration,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// Leaves every message to the queue's own visibility timeout.
#[derive(Debug, Clone, Copy, Default)]
pub struct Untouched;

impl Visibility for Untouched {
    fn hide(&self, _: &str, _: Duration) -> impl Future<Output = Result<(), BoxError>> + Send {
        ready(Ok(()))
    }
}

impl<V: Visibility> Visibility for &V {
    fn hide(
        &self,
        receipt: &str,
        length: Duration,
    ) -> impl Future<Output = Result<(), BoxError>> + Send {
        (**self).hide(receipt, length)
    }
}

impl<V: Visibility> Visibility for Arc<V> {
    fn hide(
        &self,
        receipt: &str,
        length: Duration,
    ) -> impl Future<Output = Result<(), BoxError>> + Send {
        (**self).hide(receipt, length)
    }
}
