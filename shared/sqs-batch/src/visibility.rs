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
    /// `receipt` is the handle that came with the delivery. Adapters give SQS its
    /// [`whole_seconds`].
    fn hide(
        &self,
        receipt: &str,
        length: Duration,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// SQS hides a message for 12 hours at most, counted from its delivery
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>);
/// the quarter of an hour is for the time that the work took.
pub const LONGEST_WAIT: Duration = Duration::from_mins(12 * 60 - 15);

/// A visibility timeout as SQS takes it: whole seconds, rounded up so that a message never returns
/// early, and [`LONGEST_WAIT`] at most.
pub fn whole_seconds(length: Duration) -> i32 {
    let length = length.min(LONGEST_WAIT);
    let started = u64::from(length.subsec_nanos() > 0);
    i32::try_from(length.as_secs() + started).unwrap_or(i32::MAX)
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
