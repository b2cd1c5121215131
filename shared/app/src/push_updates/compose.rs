//! The message that tells of an update.
//!
//! A result that makes the message larger than one metered frame is stored and told by its link, as
//! large results are anyway: that costs less than sending it to everybody, and the gateway takes no
//! message over 128 KB at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::ports::{Announcement, PortError, ResultLink};
use domain::text::cut;
use domain::{ConnectionId, TaskResult, causes};
use protocol::frames::{LONGEST_FRAME, METERED_FRAME, ServerFrame, UpdateFrame};

use super::address::{Listeners, addressees, onlookers};
use super::{PushError, PushUpdates};
use crate::LINK_LIFETIME;
use crate::show_result::{Origin, Shown, show_result};

/// Longest text for people in a message that would be too long otherwise, in bytes.
const SHORTENED: usize = 1_024;

/// One message and who gets it.
pub(super) type Mailing = (BTreeSet<ConnectionId>, Arc<str>);

impl PushUpdates {
    /// The messages of an update: for those who follow its task, and for onlookers. Where nobody
    /// listens, no link is made.
    pub(super) async fn prepare(
        &self,
        announcement: &Announcement,
        listeners: &Listeners,
    ) -> Result<Vec<Mailing>, PushError> {
        let mut mailings = Vec::new();
        let followers = addressees(announcement, listeners)?;
        if !followers.is_empty() {
            mailings.push((followers, self.message(announcement).await?.into()));
        }
        let onlookers = onlookers(announcement, listeners)?;
        if !onlookers.is_empty() {
            let copy = wire::frame::operators_copy(announcement);
            mailings.push((onlookers, within_the_limit(copy)?.into()));
        }
        Ok(mailings)
    }

    /// The message for those who follow the task.
    pub(crate) async fn message(&self, announcement: &Announcement) -> Result<String, PushError> {
        let Some(result) = &announcement.result else {
            return within_the_limit(wire::frame::update(announcement, None));
        };
        let shown = self.show(announcement, result).await;
        let Shown { result, link } = shown.map_err(|error| PushError::Link(Arc::new(error)))?;
        let shown = Announcement {
            result: Some(result),
            ..announcement.clone()
        };
        let frame = wire::frame::update(&shown, link.as_ref());
        if link.is_some() || text(&frame).len() <= METERED_FRAME {
            within_the_limit(frame)
        } else {
            within_the_limit(self.by_reference(announcement, frame).await?)
        }
    }

    async fn show(
        &self,
        announcement: &Announcement,
        result: &TaskResult,
    ) -> Result<Shown, PortError> {
        let origin = Origin {
            tenant: &announcement.tenant,
            request_id: announcement.request_id,
            kind: &announcement.kind,
        };
        show_result(self.results.as_ref(), self.clock.now(), origin, result).await
    }

    /// The frame with a link in the place of its result. While the store is away, a result that the
    /// gateway takes goes as it is.
    async fn by_reference(
        &self,
        announcement: &Announcement,
        frame: UpdateFrame,
    ) -> Result<UpdateFrame, PushError> {
        match self.store(announcement, &frame).await {
            Ok(link) => Ok(UpdateFrame {
                result: None,
                result_url: Some(link.url),
                ..frame
            }),
            Err(error) if text(&frame).len() <= LONGEST_FRAME => {
                tracing::warn!(error = causes(&error), "a result is sent in full");
                Ok(frame)
            }
            Err(error) => Err(PushError::Link(Arc::new(error))),
        }
    }

    async fn store(
        &self,
        announcement: &Announcement,
        frame: &UpdateFrame,
    ) -> Result<ResultLink, PortError> {
        let result = frame.result.as_ref().unwrap_or(&serde_json::Value::Null);
        let id = announcement.request_id;
        let put = self
            .results
            .put(&announcement.tenant, id, frame.attempt, result);
        self.link(&put.await?).await
    }

    async fn link(&self, key: &str) -> Result<ResultLink, PortError> {
        let now = self.clock.now();
        self.results.link(key, now, LINK_LIFETIME).await
    }
}

/// The frame's text, with its words for people shortened where it would be too long.
fn within_the_limit(mut frame: UpdateFrame) -> Result<String, PushError> {
    let whole = text(&frame);
    if whole.len() <= LONGEST_FRAME {
        return Ok(whole);
    }
    if let Some(error) = &mut frame.error {
        error.message = cut(&error.message, SHORTENED).to_owned();
    }
    if let Some(progress) = &mut frame.progress {
        progress.message = cut(&progress.message, SHORTENED).to_owned();
    }
    let shortened = text(&frame);
    let bytes = shortened.len();
    if bytes <= LONGEST_FRAME {
        Ok(shortened)
    } else {
        Err(PushError::TooLarge { bytes })
    }
}

fn text(frame: &UpdateFrame) -> String {
    let frame = ServerFrame::Update(Box::new(frame.clone()));
    // Nothing in a frame can fail to become JSON.
    serde_json::to_string(&frame).unwrap_or_default()
}
