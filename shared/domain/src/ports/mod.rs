//! What the use cases need from the outside, as small traits. Adapters live in other crates and
//! each passes the contract suite of its port.

mod addresses;
mod ambient;
mod broadcast;
mod callbacks;
mod captures;
mod census;
mod dead_letters;
mod events;
mod export;
mod fairness;
mod lanes;
mod logs;
mod messages;
mod models;
mod operations;
mod overflow;
mod pauses;
mod pool;
mod pusher;
mod realtime;
mod reports;
mod secrets;
mod series;
mod spent;
mod submissions;
mod subscriptions;
mod sweep;
mod tasks;
mod texts;
mod uploads;

pub use addresses::AddressSource;
pub use ambient::{Clock, Entropy};
pub use broadcast::{Audience, AudiencePage, AudienceQuery, BroadcastQueue};
pub use callbacks::{CallbackQueue, RootSecretStore};
pub use captures::{CaptureShelf, Captures};
pub use census::{Census, Present};
pub use dead_letters::{DeadLetters, SourceQueues};
pub use events::{
    ActivityCounts, ActivityStore, Aggregation, Appended, EventLog, Health, ResponseTimes,
};
pub use export::{FileStore, FileUpload, MOST_PARTS, NewFile, RowSource, RowStream, StoredPart};
pub use fairness::RateLimit;
pub use lanes::{DelayedMessages, DueLane, Entered, LaneWatch, Lanes, WaitingRoom};
pub use logs::{LOOKED_AT, LogPage, LogSearch};
pub use messages::{
    Announcement, DeadLetter, DeadLetterQueue, Deliveries, Job, TaskQueue, UpdateQueue,
};
pub use models::{Answer, ModelError, Spending, TextModel};
pub use operations::{Postings, QueueDepths};
pub use overflow::EventSources;
pub use pauses::Pauses;
pub use pool::PoolHeartbeats;
pub use pusher::{PusherQueue, Switchboard};
pub use realtime::{ConnectionStore, PostError, Postman, TicketStore};
pub use reports::{ReportPage, ReportStore};
pub use secrets::SecretReader;
pub use series::{OutdatedHours, RollUps, SeriesError, TimeSeries};
pub use spent::{Spent, SpentPage, SpentTasks};
pub use submissions::{Recorded, SubmissionLedger};
pub use subscriptions::{Followed, FrameMeter, Metered, Subscriptions};
pub use sweep::{ExpiredItem, Expiring, StaleConnections, StuckTask, StuckTasks};
pub use tasks::{
    LateUsage, Page, ResultLink, ResultStore, TaskIndex, TaskPage, TaskQuery, TaskStore, TaskWatch,
};
pub use texts::{FoundText, FoundTexts, Texts};
pub use uploads::{Chunks, Upload, UploadForm, UploadForms, UploadTerms, Uploads};

use std::error::Error;

/// An adapter could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// Somebody else changed the thing since it was read, or it is there already.
    #[error("{what} was changed by somebody else")]
    Conflict {
        /// What it is, for people.
        what: &'static str,
    },
    /// The server is away, throttles, or timed out; trying again can help.
    #[error("{what} is unavailable")]
    Unavailable {
        /// Which server or table, for people.
        what: &'static str,
        /// What the client library said.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The request or the stored data is not understood; trying again cannot help.
    #[error("{what} gave or got something it does not understand")]
    Broken {
        /// Which server or table, for people.
        what: &'static str,
        /// What the client library said.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
}

impl PortError {
    /// The server is away.
    pub fn unavailable(what: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable {
            what,
            cause: cause.into(),
        }
    }

    /// The same once more, for another one that it hit: its words stand for its cause.
    #[must_use]
    pub fn again(&self) -> Self {
        let words = crate::causes(self);
        match self {
            Self::Conflict { what } => Self::Conflict { what },
            Self::Unavailable { what, .. } => Self::unavailable(what, words),
            Self::Broken { what, .. } => Self::broken(what, words),
        }
    }

    /// The request or the data is not understood.
    pub fn broken(what: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken {
            what,
            cause: cause.into(),
        }
    }
}
