//! Tasks that keep coming while a release is deployed.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use end_to_end::{Caller, fresh};
use serde_json::json;
use tokio::task::JoinHandle;

/// Between two of them.
const PAUSE: Duration = Duration::from_millis(150);

/// How often one is sent before nobody is thought to be there: a function that is being replaced may
/// answer with an error of API Gateway's.
const TRIES: u32 = 40;

/// Submissions under way.
pub(crate) struct Load {
    submitted: Arc<Mutex<Vec<String>>>,
    goes_on: Arc<AtomicBool>,
    sender: JoinHandle<()>,
}

impl Load {
    /// Begins.
    pub(crate) fn start(caller: &Caller) -> Self {
        let submitted = Arc::<Mutex<Vec<String>>>::default();
        let goes_on = Arc::new(AtomicBool::new(true));
        let (caller, names, going) = (caller.clone(), submitted.clone(), goes_on.clone());
        let sender = tokio::spawn(async move {
            while going.load(Ordering::Relaxed) {
                let name = submit(&caller).await;
                names.lock().expect("nobody panics here").push(name);
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self {
            submitted,
            goes_on,
            sender,
        }
    }

    /// Waits for the first few.
    pub(crate) async fn some_at_least(&self, count: usize) {
        while self.submitted.lock().expect("nobody panics here").len() < count {
            assert!(!self.sender.is_finished(), "it goes on");
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Ends, and gives the names of all that were taken on.
    pub(crate) async fn stop(self) -> Vec<String> {
        self.goes_on.store(false, Ordering::Relaxed);
        self.sender.await.expect("every task was taken on");
        let submitted = self.submitted.lock().expect("nobody panics here");
        submitted.clone()
    }
}

/// One task, by one key however often it is sent.
async fn submit(caller: &Caller) -> String {
    let (key, body) = (
        fresh(),
        json!({"kind": "aggregate", "input": {"window": "all"}}),
    );
    for _ in 0..TRIES {
        let answer = caller.post_keyed("/tasks", &key, &body).await;
        if answer.status == 202 {
            let id = answer.body["request_id"].as_str();
            return id.expect("an id").to_owned();
        }
        assert!(answer.status >= 500, "{}: {}", answer.status, answer.body);
        tokio::time::sleep(PAUSE).await;
    }
    unreachable!("the API did not take a task on in {TRIES} tries")
}
