//! Lets a frame in, or not.

use domain::pace::Verdict;
use domain::{Connection, ConnectionId, causes};
use time::OffsetDateTime;

use super::{AnswerFrame, FrameError};

impl AnswerFrame {
    /// Who sent the frame, unless too many came. Frames that are not understood count like others,
    /// so that nobody floods with them.
    pub(super) async fn admit(
        &self,
        id: &ConnectionId,
        now: OffsetDateTime,
    ) -> Result<Connection, FrameError> {
        let metered = self.meter.count(id, now, self.pace).await?;
        let metered = metered.ok_or(FrameError::UnknownConnection)?;
        match metered.verdict {
            Verdict::Taken => Ok(metered.connection),
            Verdict::Refused => Err(FrameError::TooManyFrames),
            Verdict::HangUp => {
                self.hang_up(id).await;
                Err(FrameError::TooManyFrames)
            }
        }
    }

    /// A request that gets lost is made again when the client goes on.
    async fn hang_up(&self, id: &ConnectionId) {
        match self.pusher.hang_up(id).await {
            Ok(()) => tracing::warn!(connection.id = %id, "a flooding connection is to be closed"),
            Err(error) => tracing::warn!(
                connection.id = %id,
                error = causes(&error),
                "a flooding connection is not closed yet"
            ),
        }
    }
}
