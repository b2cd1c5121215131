//! What is told as it happens to those who have asked for it, and to nobody later.

use crate::connection::Topic;
use crate::ids::TenantId;

/// What a feed of log lines calls every level.
pub const EVERY_LEVEL: &str = "*";

/// Longest level that can be listened to, in bytes.
pub const LONGEST_LEVEL: usize = 64;

/// Something that connections listen to and that has no history.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// What operators see.
    Operators,
    /// A tenant's new log lines of one level, or of [`EVERY_LEVEL`].
    Logs(TenantId, String),
}

impl From<&Feed> for Topic {
    fn from(feed: &Feed) -> Self {
        match feed {
            Feed::Operators => Self::Operators,
            Feed::Logs(tenant, level) => Self::Logs(tenant.clone(), level.clone()),
        }
    }
}

/// A text on its way to everybody who listens to a feed at the moment when it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Who gets it.
    pub feed: Feed,
    /// The message, as clients see it.
    pub text: String,
}
