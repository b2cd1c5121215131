//! What is captured, and what of it.

use domain::capture::Scrub;
use sqs_batch::End;

use crate::settings::Reader;

/// Which records count as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Those that trying again was not asked for: dead letters, unreadable ones, panics, and what was not done in time.
    Failed,
    /// Those as well that asked to come back: every attempt that failed, and what waits for somebody else.
    All,
}

impl What {
    pub(super) fn wants(self, end: &End) -> bool {
        match end {
            End::Done => false,
            End::Retry(_) | End::Behind => self == Self::All,
            End::DeadLetter { .. } | End::Poison { .. } | End::Panicked { .. } | End::OutOfTime => {
                true
            }
        }
    }
}

/// How failed records are captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureSettings {
    pub(super) what: What,
    pub(super) scrub: Scrub,
    pub(super) bucket: String,
}

impl CaptureSettings {
    /// Reads them from the environment; none where captures are off.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let choices = [
            ("off", None),
            ("failed", Some(What::Failed)),
            ("all", Some(What::All)),
        ];
        let what = reader.choice("CAPTURE_FAILURES", &choices).flatten()?;
        Some(Self {
            what,
            scrub: reader.parsed("CAPTURE_SCRUB"),
            bucket: reader.text("CAPTURES_BUCKET"),
        })
    }
}
