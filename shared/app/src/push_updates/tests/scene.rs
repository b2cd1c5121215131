//! A pusher with everything around it.

use std::sync::Arc;

use domain::connection::HANDSHAKE;
use domain::ports::{Announcement, ConnectionStore as _};
use domain::task::{Phase, Progress, Status, Update};
use domain::{Connection, ConnectionId, Identity, RequestId};
use serde_json::Value;
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{Faults, MemoryConnections, MemoryPostman, MemoryResults};

use crate::count_messages::Pushed;
use crate::push_updates::{PushError, PushUpdates};

pub(super) struct Scene {
    pub(super) push: PushUpdates,
    pub(super) connections: Arc<MemoryConnections>,
    pub(super) postman: Arc<MemoryPostman>,
    pub(super) clock: Arc<FixedClock>,
    pub(super) faults: Faults,
    pub(super) owner: Identity,
    pub(super) task: RequestId,
}

pub(super) fn scene() -> Scene {
    let faults = Faults::default();
    let connections = Arc::new(MemoryConnections::new(&faults));
    let postman = Arc::new(MemoryPostman::default());
    let clock = Arc::new(FixedClock::at(NOW + HANDSHAKE));
    let push = PushUpdates {
        connections: connections.clone(),
        postman: postman.clone(),
        pushed: Pushed::default(),
        results: Arc::new(MemoryResults::new(&faults)),
        clock: clock.clone(),
        entropy: Arc::new(Counting::default()),
    };
    Scene {
        push,
        connections,
        postman,
        clock,
        faults,
        owner: build::identity(&build::tenant()),
        task: build::request_id(),
    }
}

impl Scene {
    /// Opens a page of the task's owner.
    pub(super) async fn page(&self) -> ConnectionId {
        self.page_of(&self.owner).await
    }

    pub(super) async fn page_of(&self, identity: &Identity) -> ConnectionId {
        let page: Connection = build::connection(identity);
        self.connections.register(&page).await.unwrap();
        page.id
    }

    pub(super) fn update(
        &self,
        version: u64,
        status: Status,
        progress: Option<u8>,
    ) -> Announcement {
        let running = status == Status::Processing;
        Announcement {
            tenant: self.owner.tenant.clone(),
            owner: self.owner.user.clone(),
            request_id: self.task,
            kind: "aggregate".into(),
            tags: vec![],
            update: Update {
                version,
                status,
                phase: running.then_some(Phase::Running),
                progress: progress.map(|percent| Progress {
                    percent,
                    message: "working".into(),
                }),
                attempt: 1,
                error: None,
                at: NOW,
            },
            result: None,
            trace: None,
        }
    }

    pub(super) fn progress(&self, version: u64) -> Announcement {
        self.update(version, Status::Processing, Some(10))
    }

    pub(super) fn end(&self, version: u64) -> Announcement {
        self.update(version, Status::Completed, None)
    }

    pub(super) fn frames(&self, id: &ConnectionId) -> Vec<Value> {
        let posted = self.postman.posted_to(id).into_iter();
        posted
            .map(|message| serde_json::from_str(&message).unwrap())
            .collect()
    }

    pub(super) fn versions(&self, id: &ConnectionId) -> Vec<u64> {
        let frames = self.frames(id).into_iter();
        frames
            .map(|frame| frame["version"].as_u64().unwrap())
            .collect()
    }
}

pub(super) fn all_pushed(outcomes: &[Result<(), PushError>]) -> bool {
    outcomes.iter().all(Result::is_ok)
}
