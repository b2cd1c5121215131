//! The message that tells of an update.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::ports::{Announcement, ResultLink};
use domain::{ConnectionId, TaskResult};
use protocol::frames::{LONGEST_FRAME, ServerFrame};

use super::address::{Listeners, addressees};
use super::{PushError, PushUpdates};
use crate::LINK_LIFETIME;

impl PushUpdates {
    /// Who gets an update, and the message. Where nobody listens, no link is made.
    pub(super) async fn prepare(
        &self,
        announcement: &Announcement,
        listeners: &Listeners,
    ) -> Result<(BTreeSet<ConnectionId>, Arc<str>), PushError> {
        let ids = addressees(announcement, listeners)?;
        if ids.is_empty() {
            return Ok((ids, Arc::from("")));
        }
        let link = self.link(announcement).await?;
        let text = text(announcement, link.as_ref());
        if text.len() > LONGEST_FRAME {
            return Err(PushError::TooLarge { bytes: text.len() });
        }
        Ok((ids, Arc::from(text)))
    }

    async fn link(&self, announcement: &Announcement) -> Result<Option<ResultLink>, PushError> {
        let Some(TaskResult::Stored { key, .. }) = &announcement.result else {
            return Ok(None);
        };
        let now = self.clock.now();
        let link = self.results.link(key, now, LINK_LIFETIME).await;
        link.map(Some).map_err(|e| PushError::Link(Arc::new(e)))
    }
}

fn text(announcement: &Announcement, link: Option<&ResultLink>) -> String {
    let update = wire::frame::update(announcement, link);
    let frame = ServerFrame::Update(Box::new(update));
    // Nothing in a frame can fail to become JSON.
    serde_json::to_string(&frame).unwrap_or_default()
}
