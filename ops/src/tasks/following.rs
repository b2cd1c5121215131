//! Which changes of which tasks have been told, whoever tells them: the WebSocket or the history.

use std::collections::BTreeMap;

use protocol::frames::{ClientFrame, MOST_RESUMED, ServerFrame, TopicName, UpdateFrame};
use protocol::http::{TaskBody, UpdateBody};
use protocol::task::Status;
use serde::Serialize;

/// A change of a task.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The task.
    pub request_id: String,
    /// What changed.
    #[serde(flatten)]
    pub update: UpdateBody,
}

/// What a frame came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A change that was not told before.
    Change(Box<Change>),
    /// The connection ends within so many milliseconds.
    Bye(u64),
    /// The server does not do what it was asked: a code, `: `, and words.
    Trouble(String),
    /// Nothing to tell.
    Nothing,
}

/// Tasks that are followed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Following {
    /// Whether tasks are known that nobody named: all of the user's.
    mine: bool,
    /// The newest version of each that was told, and its status then.
    tasks: BTreeMap<String, (u64, Status)>,
}

impl Following {
    /// Of these tasks.
    pub fn of(ids: &[String]) -> Self {
        let unknown = (0, Status::Processing);
        Self {
            mine: false,
            tasks: ids.iter().map(|id| (id.clone(), unknown)).collect(),
        }
    }

    /// Of all that the user submits from now on, and of those that change.
    pub fn mine() -> Self {
        Self {
            mine: true,
            tasks: BTreeMap::new(),
        }
    }

    /// The tasks, each with its status.
    pub fn tasks(&self) -> impl Iterator<Item = (&str, Status)> {
        self.tasks
            .iter()
            .map(|(id, (_, status))| (id.as_str(), *status))
    }

    /// Whether there is nothing more to wait for.
    pub fn is_over(&self) -> bool {
        !self.mine && self.tasks().all(|(_, status)| status != Status::Processing)
    }

    /// What a new connection is told. Subscribing goes first, so that nothing falls between what is resumed and what
    /// is pushed. A connection hears of its user's own tasks by itself.
    pub fn greetings(&self) -> Vec<ClientFrame> {
        let open = self.tasks.iter();
        let open: Vec<_> = open
            .filter(|(_, (_, status))| *status == Status::Processing)
            .collect();
        let subscribe = open.iter().filter(|_| !self.mine);
        let subscribe =
            subscribe.map(|(id, _)| ClientFrame::Subscribe(TopicName::Task((*id).clone())));
        let resume = open.chunks(MOST_RESUMED).map(|some| ClientFrame::Resume {
            tasks: some
                .iter()
                .map(|(id, (version, _))| ((*id).clone(), *version))
                .collect(),
        });
        subscribe.chain(resume).collect()
    }

    /// Takes a task from the history; gives the changes that were not told before.
    pub fn look(&mut self, task: &TaskBody) -> Vec<Change> {
        let id = &task.summary.request_id;
        let updates = task.updates.iter();
        let mut changes: Vec<_> = updates
            .filter_map(|update| self.take(id, update.clone()))
            .collect();
        // What the history no longer holds.
        self.tasks
            .insert(id.clone(), (task.summary.version, task.summary.status));
        changes.sort_by_key(|change| change.update.version);
        changes
    }

    /// Takes a frame.
    pub fn hear(&mut self, frame: ServerFrame) -> Heard {
        match frame {
            ServerFrame::Update(update) if self.is_meant(&update) => {
                let (id, update) = (update.request_id.clone(), body(*update));
                self.take(&id, update)
                    .map_or(Heard::Nothing, |change| Heard::Change(Box::new(change)))
            }
            ServerFrame::Bye {
                reconnect_in_ms, ..
            } => Heard::Bye(reconnect_in_ms),
            ServerFrame::Error { code, message } => Heard::Trouble(format!("{code}: {message}")),
            _ => Heard::Nothing,
        }
    }

    /// Streams that span tenants are another's business.
    fn is_meant(&self, update: &UpdateFrame) -> bool {
        update.stream.is_none() && (self.mine || self.tasks.contains_key(&update.request_id))
    }

    fn take(&mut self, id: &str, update: UpdateBody) -> Option<Change> {
        let unknown = (0, Status::Processing);
        let known = self.tasks.entry(id.to_owned()).or_insert(unknown);
        if update.version <= known.0 {
            return None;
        }
        *known = (update.version, update.status);
        Some(Change {
            request_id: id.to_owned(),
            update,
        })
    }
}

fn body(update: UpdateFrame) -> UpdateBody {
    UpdateBody {
        version: update.version,
        status: update.status,
        phase: update.phase,
        progress: update.progress,
        attempt: update.attempt,
        error: update.error,
        at: update.at,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn update(id: &str, version: u64, status: &str) -> ServerFrame {
        let update = json!({"type": "update", "request_id": id, "kind": "aggregate", "status": status,
            "version": version, "phase": null, "progress": null, "attempt": 1, "at": "2026-03-01T12:00:00Z"});
        serde_json::from_value(update).unwrap()
    }

    fn told(heard: &Heard) -> Option<u64> {
        match heard {
            Heard::Change(change) => Some(change.update.version),
            _ => None,
        }
    }

    fn greetings(following: &Following) -> Value {
        json!(following.greetings())
    }

    #[test]
    fn each_change_is_told_once_and_in_order() {
        let mut following = Following::of(&["a".into()]);
        let versions = [2, 3, 3, 2, 5]
            .map(|version| told(&following.hear(update("a", version, "processing"))));
        assert_eq!(versions, [Some(2), Some(3), None, None, Some(5)]);
        assert_eq!(told(&following.hear(update("b", 9, "failed"))), None);
        assert!(!following.is_over());
        following.hear(update("a", 6, "completed"));
        assert!(following.is_over());
        // Somebody runs it again.
        following.hear(update("a", 7, "processing"));
        assert!(!following.is_over());
    }

    #[test]
    fn a_connection_resumes_what_is_open_from_what_was_told() {
        let mut following = Following::of(&["a".into(), "b".into()]);
        following.hear(update("a", 4, "processing"));
        following.hear(update("b", 3, "failed"));
        let expected = json!([{"action": "subscribe", "request_id": "a"}, {"action": "resume", "tasks": {"a": 4}}]);
        assert_eq!(greetings(&following), expected);
        let many: Vec<String> = (0..=MOST_RESUMED).map(|n| n.to_string()).collect();
        let resumes = Following::of(&many).greetings().into_iter();
        assert_eq!(
            resumes
                .filter(|frame| matches!(frame, ClientFrame::Resume { .. }))
                .count(),
            2
        );
    }

    #[test]
    fn all_of_ones_own_need_no_subscription_and_never_end() {
        let mut following = Following::mine();
        assert_eq!(greetings(&following), json!([]));
        assert_eq!(told(&following.hear(update("x", 1, "processing"))), Some(1));
        assert_eq!(
            greetings(&following),
            json!([{"action": "resume", "tasks": {"x": 1}}])
        );
        following.hear(update("x", 2, "completed"));
        assert!(!following.is_over() && following.greetings().is_empty());
    }

    #[test]
    fn what_is_no_change_is_told_apart() {
        let mut following = Following::of(&["a".into()]);
        let frame = |frame: Value| serde_json::from_value(frame).unwrap();
        let bye = frame(json!({"type": "bye", "reason": "deploy", "reconnect_in_ms": 500}));
        assert_eq!(following.hear(bye), Heard::Bye(500));
        let error =
            frame(json!({"type": "error", "code": "task_not_found", "message": "There is none."}));
        assert_eq!(
            following.hear(error),
            Heard::Trouble("task_not_found: There is none.".into())
        );
        let pong = frame(json!({"type": "pong", "at": "2026-03-01T12:00:00Z"}));
        assert_eq!(following.hear(pong), Heard::Nothing);
        let mut stream = update("a", 9, "failed");
        if let ServerFrame::Update(update) = &mut stream {
            update.stream = Some(protocol::frames::Stream::Operators);
        }
        assert_eq!(following.hear(stream), Heard::Nothing);
    }
}
