//! Keeps hold of a record while it is worked on.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::select;
use tokio::time::{sleep, timeout};

use crate::visibility::Visibility;

/// Renews a hold again and again while work runs. The hold is short, so that after a crash the
/// record comes back soon; the work may be long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heartbeat {
    length: Duration,
    every: Duration,
}

/// What one renewal found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// The hold is renewed.
    Held,
    /// It could not be renewed this time; it may last until the next.
    Missed,
}

/// What work gave while it was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held<T> {
    /// What it gave.
    pub value: T,
    /// How often renewing failed meanwhile. After three in a row somebody else may have had the
    /// record too.
    pub missed: u32,
}

impl Heartbeat {
    /// Holds for this length (at least a second) at a time and renews three times within it, so
    /// that one failure costs nothing.
    pub fn holding_for(length: Duration) -> Self {
        let length = length.max(Duration::from_secs(1));
        let every = length / 3;
        Self { length, every }
    }

    /// Hides a message while work runs. The first time is at once: it replaces the queue's own
    /// timeout. SQS ends every hold 12 hours after the delivery.
    pub async fn hide_during<T>(
        &self,
        visibility: &impl Visibility,
        receipt: &str,
        work: impl Future<Output = T>,
    ) -> Held<T> {
        let beat = |length| {
            let hidden = visibility.hide(receipt, length);
            async { hidden.await.map_or(Ok(Beat::Missed), |()| Ok(Beat::Held)) }
        };
        let Ok(held) = self.during::<T, Infallible, _>(work, beat).await;
        held
    }

    /// Renews any hold while work runs: a lease in a database, a message, or both together.
    /// `renew` is told for how long, at once and then three times per hold; the work is dropped
    /// with the error that it gives, which says that the hold is lost.
    pub async fn during<T, L, Fut>(
        &self,
        work: impl Future<Output = T>,
        mut renew: impl FnMut(Duration) -> Fut,
    ) -> Result<Held<T>, L>
    where
        Fut: Future<Output = Result<Beat, L>>,
    {
        let mut work = pin!(work);
        let mut missed = 0;
        loop {
            let mut renewal = pin!(timeout(self.every, renew(self.length)));
            select! {
                biased;
                value = &mut work => {
                    // Let it arrive: later it could undo what becomes of the message next.
                    let _ = renewal.await;
                    return Ok(Held { value, missed });
                }
                beat = &mut renewal => match beat {
                    Ok(beat) => missed += u32::from(beat? == Beat::Missed),
                    Err(_) => missed += 1,
                },
            }
            select! {
                biased;
                value = &mut work => return Ok(Held { value, missed }),
                () = sleep(self.every) => {}
            }
        }
    }
}
