//! What is paused.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::PortError;
use crate::pause::{Author, Pause, Subject};

/// Keeps pauses. For each subject and [slot of an author](Author::slot) the last decision counts, by the moment at
/// which it was made and not by that at which it arrives: notices may overtake one another.
#[async_trait]
pub trait Pauses: Send + Sync {
    /// Those that hold, by subject and then by author. Reads what was written before.
    async fn list(&self) -> Result<Vec<Pause>, PortError>;

    /// Puts this in the place of what the same author decided about the same subject before. False where a later
    /// decision is known, which stays.
    async fn pause(&self, pause: &Pause) -> Result<bool, PortError>;

    /// Lifts what this author has paused, as decided at this moment; a pause that was decided earlier and arrives later
    /// is lifted too. False where a later decision is known, which stays.
    async fn resume(
        &self,
        subject: &Subject,
        by: &Author,
        at: OffsetDateTime,
    ) -> Result<bool, PortError>;
}
