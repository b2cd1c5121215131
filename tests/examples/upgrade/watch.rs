//! What became of the tasks: by their histories, by what a connected client saw, by the dead letters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_sqs::types::QueueAttributeName;
use boot::SystemClock;
use domain::ports::Clock as _;
use end_to_end::{Caller, Stack};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How long frames may be on their way. The emulator kills the processes of a function that it
/// replaces, where Lambda lets them end; what one of them had in hand comes back after the updates
/// queue's visibility timeout, three minutes.
const PATIENCE: Duration = Duration::from_mins(4);

/// The version and status of each task's end.
pub(crate) type Ends = BTreeMap<String, (u64, String)>;

/// What a client was told.
#[derive(Default)]
struct Seen {
    /// The ends, by task.
    ends: BTreeMap<String, BTreeSet<(u64, String)>>,
    /// The versions of each task, as they came.
    versions: BTreeMap<String, Vec<u64>>,
    /// The longest time between an end and its first frame.
    latest: time::Duration,
}

/// A client that is connected all the time.
pub(crate) struct Watch {
    seen: Arc<Mutex<Seen>>,
    reader: JoinHandle<()>,
}

impl Watch {
    /// Connects; the connection hears of all tasks of its user.
    pub(crate) async fn open(caller: &Caller) -> Self {
        let seen = Arc::<Mutex<Seen>>::default();
        let (caller, noted) = (caller.clone(), seen.clone());
        let mut socket = caller.socket().await;
        let reader = tokio::spawn(async move {
            let mut pinged = Instant::now();
            loop {
                if pinged.elapsed() > Duration::from_secs(30) {
                    socket
                        .try_send(&json!({"action": "ping"}).to_string())
                        .await;
                    pinged = Instant::now();
                }
                let soon = Instant::now() + Duration::from_secs(1);
                if let Some(frame) = socket.frame_before(soon).await {
                    note(&noted, &frame);
                }
            }
        });
        Self { seen, reader }
    }

    /// Every end was told to the client that was connected, and no task had two. Gives how late the
    /// latest was told.
    pub(crate) async fn has_seen(self, caller: &Caller, ends: &Ends) -> time::Duration {
        let late = Instant::now() + PATIENCE;
        loop {
            let missing = self.missing(ends);
            if missing.is_empty() {
                break;
            }
            if Instant::now() >= late {
                self.describe(caller, &missing).await;
                unreachable!("nobody told of {missing:?}, of {}", ends.len());
            }
            assert!(!self.reader.is_finished(), "the client reads on");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.reader.abort();
        let seen = self.seen.lock().expect("nobody panics here");
        for (id, ends) in &seen.ends {
            assert!(ends.len() <= 1, "{id} ended more than once: {ends:?}");
        }
        seen.latest
    }

    /// What is stored of tasks beside the versions that came.
    async fn describe(&self, caller: &Caller, missing: &[String]) {
        for id in missing {
            let task = caller.get(&format!("/tasks/{id}")).await.body;
            let seen = self.seen.lock().expect("nobody panics here");
            println!("came: {:?}, stored: {task}", seen.versions.get(id));
        }
    }

    fn missing(&self, ends: &Ends) -> Vec<String> {
        let seen = self.seen.lock().expect("nobody panics here");
        let told = |(id, end): &(&String, &(u64, String))| {
            seen.ends.get(*id).is_some_and(|seen| seen.contains(*end))
        };
        let missing = ends.iter().filter(|end| !told(end));
        missing.map(|(id, _)| id.clone()).collect()
    }
}

fn note(seen: &Mutex<Seen>, frame: &Value) {
    if frame["type"] != "update" {
        return;
    }
    let status = frame["status"].as_str().expect("a status");
    let id = frame["request_id"].as_str().expect("a name").to_owned();
    let version = frame["version"].as_u64().expect("a version");
    let mut seen = seen.lock().expect("nobody panics here");
    seen.versions.entry(id.clone()).or_default().push(version);
    if status != "processing"
        && seen
            .ends
            .entry(id)
            .or_default()
            .insert((version, status.into()))
    {
        seen.latest = seen.latest.max(age(frame));
    }
}

/// How long ago what a frame tells of has happened.
fn age(frame: &Value) -> time::Duration {
    let at = frame["at"].as_str().expect("a moment");
    let at = OffsetDateTime::parse(at, &Rfc3339).expect("a moment as RFC 3339 has it");
    SystemClock.now() - at
}

/// Waits until all have ended, and checks that each did so once.
pub(crate) async fn all_ended_once(caller: &Caller, tasks: &[String]) -> Ends {
    let mut ends = Ends::new();
    for id in tasks {
        let task = caller.ended(id).await;
        let updates = task["updates"].as_array().expect("a history");
        let ended = updates
            .iter()
            .filter(|update| update["status"] != "processing");
        assert_eq!(ended.count(), 1, "{task}");
        let version = task["version"].as_u64().expect("a version");
        let status = task["status"].as_str().expect("a status");
        ends.insert(id.clone(), (version, status.into()));
    }
    ends
}

/// Nothing was given up by the queues.
pub(crate) async fn nothing_is_dead(stack: &Stack) {
    for name in ["TASK_DLQ_URL", "UPDATES_DLQ_URL", "CALLBACKS_DLQ_URL"] {
        let asked = stack.queues().get_queue_attributes();
        let answer = asked
            .queue_url(Stack::variable(name))
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
            .send()
            .await
            .expect("the queue answers");
        let attributes = answer.attributes.unwrap_or_default();
        let count = attributes.get(&QueueAttributeName::ApproximateNumberOfMessages);
        assert_eq!(count.map(String::as_str), Some("0"), "{name}");
    }
}
