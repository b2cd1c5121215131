//! A client that keeps losing its connection.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use end_to_end::{Caller, Socket};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::record::Record;

/// Most tasks in one resume.
const MOST: usize = 100;

/// The tasks submitted so far, with the moment before each submission.
#[derive(Default)]
pub(super) struct Feed(Mutex<Vec<(Instant, String)>>);

impl Feed {
    /// Tasks whose submission began then have been taken on.
    pub(super) fn add(&self, started: Instant, ids: impl Iterator<Item = String>) {
        let mut feed = self.0.lock().expect("not poisoned");
        feed.extend(ids.map(|id| (started, id)));
    }

    /// All tasks.
    pub(super) fn ids(&self) -> Vec<String> {
        self.since(0).into_iter().map(|(_, id)| id).collect()
    }

    fn since(&self, place: usize) -> Vec<(Instant, String)> {
        self.0.lock().expect("not poisoned")[place..].to_vec()
    }
}

/// A client and what it has put together.
pub(super) struct Client {
    caller: Caller,
    feed: Arc<Feed>,
    random: u64,
    pub(super) record: Record,
    pub(super) cuts: usize,
    resumed: usize,
}

impl Client {
    pub(super) fn new(caller: Caller, feed: Arc<Feed>, seed: u64) -> Self {
        Self {
            caller,
            feed,
            random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            record: Record::default(),
            cuts: 0,
            resumed: 0,
        }
    }

    /// Marsaglia's xorshift: the same seed, the same moments.
    fn up_to(&mut self, most: u64) -> Duration {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        Duration::from_millis(self.random % most)
    }

    /// How it went.
    pub(super) fn summary(&self) -> String {
        format!(
            "cut off {} times, {} resumptions of a task",
            self.cuts, self.resumed
        )
    }

    /// Connects again and again until nothing is missing of so many tasks.
    pub(super) async fn cut_off_until_complete(mut self, tasks: usize, end: Instant) -> Self {
        while !self.all(tasks, Record::is_complete) {
            assert!(
                Instant::now() < end,
                "it takes too long: {}",
                self.summary()
            );
            // Ever longer: however slow the machine, some connection lasts until `resumed`.
            let longest = 1_000 + 500 * self.cuts as u64;
            let life = self.up_to(longest);
            self.connection(life, |_| false).await;
            self.cuts += 1;
            tokio::time::sleep(self.up_to(500)).await;
        }
        self
    }

    /// Stays connected until the end of so many tasks is known.
    pub(super) async fn stay_until_ended(mut self, tasks: usize, end: Instant) -> Self {
        let life = end - Instant::now();
        self.connection(life, |client| client.all(tasks, Record::has_ended))
            .await;
        assert!(self.all(tasks, Record::has_ended), "it takes too long");
        self
    }

    fn all(&self, tasks: usize, is: impl Fn(&Record, &str) -> bool) -> bool {
        let ids = self.feed.ids();
        ids.len() == tasks && ids.iter().all(|id| is(&self.record, id))
    }

    /// One connection, cut off without a word after that time, or when it has what it wants.
    async fn connection(&mut self, life: Duration, enough: impl Fn(&Self) -> bool) {
        let mut socket = self.open().await;
        let opened = Instant::now();
        let cut = opened + life;
        let mut known = 0;
        while Instant::now() < cut && !enough(self) {
            let news = self.feed.since(known);
            known += news.len();
            // What was submitted after the connection was open is heard of anyway.
            let old = news.into_iter().filter(|(started, _)| *started < opened);
            self.resume(&mut socket, old.map(|(_, id)| id)).await;
            let soon = cut.min(Instant::now() + Duration::from_millis(100));
            while let Some(frame) = socket.frame_before(soon).await {
                self.hear(frame);
            }
            assert!(
                Instant::now() >= soon,
                "the server has ended the connection"
            );
        }
    }

    /// Connects; where the answer to a spent ticket got lost, with another one.
    async fn open(&self) -> Socket {
        loop {
            let ticket = self.caller.ticket().await;
            let url = ticket["url"].as_str().expect("a url");
            if let Ok(socket) = Socket::open(url).await {
                return socket;
            }
        }
    }

    async fn resume(&mut self, socket: &mut Socket, ids: impl Iterator<Item = String>) {
        let missing: Vec<_> = ids.filter(|id| !self.record.is_complete(id)).collect();
        for some in missing.chunks(MOST) {
            let tasks = some
                .iter()
                .map(|id| (id.clone(), json!(self.record.reached(id))));
            let tasks: serde_json::Map<String, Value> = tasks.collect();
            let resume = json!({"action": "resume", "tasks": tasks});
            socket.try_send(&resume.to_string()).await;
        }
    }

    fn hear(&mut self, frame: Value) {
        match frame["type"].as_str() {
            Some("update") => self.record.take(frame),
            Some("resumed") => {
                assert_eq!(frame["recovered"], true, "{frame}");
                let tasks = frame["tasks"].as_object().expect("tasks");
                self.resumed += tasks.len();
                for (id, task) in tasks {
                    let version = task["version"].as_u64().expect("a version");
                    assert!(
                        self.record.reached(id) >= version,
                        "{id} has a gap after resumed"
                    );
                }
            }
            _ => panic!("{frame}"),
        }
    }
}
