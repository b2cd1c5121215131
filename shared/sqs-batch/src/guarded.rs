//! One record's work, kept from harming the others.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use tokio::time::{Instant, timeout_at};

/// How work ended.
pub(crate) enum Ended<T> {
    /// By itself.
    Returned(T),
    /// It panicked, with these words.
    Panicked(String),
    /// The time was up.
    OutOfTime,
}

/// Runs work until the deadline and catches its panic.
pub(crate) async fn guarded<T>(
    deadline: Option<Instant>,
    work: impl Future<Output = T>,
) -> Ended<T> {
    // What the work leaves behind is dropped with it, so nobody sees it half done.
    let caught = AssertUnwindSafe(work).catch_unwind();
    let outcome = match deadline {
        None => caught.await,
        Some(deadline) if deadline <= Instant::now() => return Ended::OutOfTime,
        Some(deadline) => match timeout_at(deadline, caught).await {
            Ok(outcome) => outcome,
            Err(_) => return Ended::OutOfTime,
        },
    };
    match outcome {
        Ok(value) => Ended::Returned(value),
        Err(panic) => Ended::Panicked(words(panic.as_ref())),
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without words".to_owned())
}
