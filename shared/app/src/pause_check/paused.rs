//! What is told to whoever submits what is paused.

use std::fmt;

use domain::Pause;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// A task is not taken on. Nothing was stored, nothing was queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paused {
    /// What is paused, by whom and why.
    pub pause: Pause,
    /// After how long it is worth another try.
    pub wait: Duration,
}

impl Paused {
    /// This pause, met at this moment.
    pub fn by(pause: &Pause, now: OffsetDateTime) -> Box<Self> {
        Box::new(Self {
            pause: pause.clone(),
            wait: pause.wait(now),
        })
    }
}

impl std::error::Error for Paused {}

impl fmt::Display for Paused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Pause {
            subject,
            reason,
            until,
            ..
        } = &self.pause;
        let until = until.and_then(|until| until.format(&Rfc3339).ok());
        let until = until.as_deref().unwrap_or("an operator resumes it");
        let what = subject.phrase();
        write!(
            f,
            "submission of {what} is paused until {until}: {reason}; nothing was queued"
        )
    }
}
