use std::collections::BTreeMap;
use std::sync::Arc;

use app::get_task::GetTask;
use app::{WebhookSecrets, deliver_callback};
use domain::task::TaskResult;
use domain::{Failure, Task, TenantId};
use serde_json::{Value, json};
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{
    Fault, Faults, MemoryDeadLetters, MemoryDeliveries, MemoryResults, MemoryRootSecrets,
    MemoryTasks,
};
use testkit::receiver::{Closed, Receiver};
use webhooks::Sender;

use super::*;

/// The function with ports in memory. Tasks 1 and 2 of the sample events have ended, one with a
/// result, one without.
struct Scene {
    callbacks: Callbacks,
    deliveries: Arc<MemoryDeliveries>,
    dead_letters: Arc<MemoryDeadLetters>,
    faults: Faults,
}

fn scene(url: &str) -> Scene {
    let faults = Faults::default();
    let tasks = Arc::new(MemoryTasks::new(&faults));
    tasks.put(ended(1, url));
    tasks.put(ended(2, url));
    let clock = Arc::new(FixedClock::at(NOW));
    let entropy = Arc::new(Counting::default());
    let guard = "http, 127.0.0.0/8, any port".parse().unwrap();
    let deliver = DeliverCallback {
        get_task: GetTask {
            tasks,
            results: Arc::new(MemoryResults::new(&faults)),
            clock: clock.clone(),
        },
        secrets: WebhookSecrets {
            roots: Arc::new(MemoryRootSecrets::new(&faults)),
        },
        sender: Sender::new(guard, "adology/test")
            .unwrap()
            .schedule(deliver_callback::schedule()),
        clock: clock.clone(),
        entropy: entropy.clone(),
    };
    let deliveries = Arc::new(MemoryDeliveries::new(&faults));
    let dead_letters = Arc::new(MemoryDeadLetters::new(&faults));
    let queue = Queue {
        deliveries: deliveries.clone(),
        dead_letters: dead_letters.clone(),
    };
    let meter = Meter::new("test", "callback", clock).unwrap();
    Scene {
        callbacks: Callbacks {
            deliver,
            queue,
            entropy,
            meter,
        },
        deliveries,
        dead_letters,
        faults,
    }
}

fn ended(n: usize, url: &str) -> Task {
    let acme = TenantId::new("acme").unwrap();
    let mut task = build::task(&acme, "aggregate", json!({}));
    let id = format!("01890a5d-ac96-774b-bcce-b302099a805{n}");
    task.request_id = id.parse().unwrap();
    task.terms.callback_url = Some(url.into());
    let token = build::lease_token();
    task.claim(token, NOW, time::Duration::MINUTE).unwrap();
    let value = json!({"rows": []});
    match n {
        1 => task.complete(token, TaskResult::Inline { value }, NOW),
        _ => task.fail(token, Failure::permanent("bad_data", "Bad."), NOW),
    }
    .unwrap();
    task
}

fn samples() -> BTreeMap<String, SqsEvent> {
    testkit::samples::of("callback")
}

fn sample(name: &str) -> SqsEvent {
    samples().remove(name).unwrap()
}

impl Scene {
    /// The last digit of the id of each message that comes back.
    async fn handle(&self, event: SqsEvent) -> Vec<char> {
        let deadline = Instant::now() + Duration::from_secs(20);
        let response = self.callbacks.handle(event, deadline).await.response();
        let ids = response.batch_item_failures.into_iter();
        ids.map(|failure| failure.item_identifier.chars().last().unwrap())
            .collect()
    }

    /// The first word of each dead letter's reason.
    fn buried(&self) -> Vec<String> {
        let letters = self.dead_letters.take().into_iter();
        letters
            .map(|letter| letter.reason.split(':').next().unwrap().to_owned())
            .collect()
    }

    /// The outcomes that were counted.
    fn outcomes(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.callbacks.meter.flush_to(&mut lines);
        let lines = String::from_utf8(lines).unwrap();
        let lines = lines.lines().map(serde_json::from_str::<Value>);
        lines
            .map(|line| line.unwrap()["Outcome"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// What each sample does with a receiver that takes everything: how many webhooks it gets, and the
/// reasons of the dead letters.
const EXPECTED: &[(&str, usize, &[&str])] = &[
    ("batch", 2, &[]),
    ("completed", 1, &[]),
    ("failed", 1, &[]),
    ("last-attempt", 1, &[]),
    ("nothing-to-tell", 0, &[]),
    ("partly-bad", 2, &["unreadable_message"]),
    ("repeated", 2, &[]),
    ("unknown-version", 0, &["unreadable_message"]),
];

#[tokio::test]
async fn every_sample_is_handled() {
    let samples = samples();
    let names: Vec<_> = EXPECTED.iter().map(|(name, ..)| *name).collect();
    assert!(
        samples.keys().eq(names.iter()),
        "a sample is not expected, or missing"
    );
    for ((name, event), (_, webhooks, buried)) in samples.into_iter().zip(EXPECTED) {
        let receiver = Receiver::answering(&[204]).unwrap();
        let scene = scene(&receiver.url());
        assert!(scene.handle(event).await.is_empty(), "{name}");
        assert_eq!(receiver.sent().len(), *webhooks, "{name}");
        assert_eq!(scene.buried(), *buried, "{name}");
    }
}

#[tokio::test]
async fn a_receiver_that_is_away_gets_it_later() {
    let closed = Closed::reserve().unwrap();
    let scene = scene(&closed.url());
    assert_eq!(scene.handle(sample("completed")).await, ['1']);
    let (receipt, wait) = scene.deliveries.hidden().remove(0);
    assert_eq!(receipt, "receipt-1");
    assert!((5..=6).contains(&wait.whole_seconds()), "{wait}");
    assert_eq!(scene.outcomes(), ["to_be_retried"]);
    let receiver = closed.open(&[204]).unwrap();
    assert!(scene.handle(sample("completed")).await.is_empty());
    assert_eq!(receiver.sent().len(), 1);
    assert_eq!(scene.outcomes(), ["delivered"]);
}

#[tokio::test]
async fn the_last_attempt_makes_a_dead_letter_with_its_reason() {
    let closed = Closed::reserve().unwrap();
    let scene = scene(&closed.url());
    assert!(scene.handle(sample("last-attempt")).await.is_empty());
    let letter = scene.dead_letters.take().remove(0);
    let reason = "callback_exhausted: the last attempt failed: the endpoint cannot be reached";
    assert!(letter.reason.starts_with(reason), "{}", letter.reason);
    assert!(!letter.reason.contains("127.0.0.1"));
    assert_eq!(scene.outcomes(), ["given_up"]);
}

#[tokio::test]
async fn a_receiver_that_is_gone_gets_no_more() {
    let receiver = Receiver::answering(&[410]).unwrap();
    let scene = scene(&receiver.url());
    assert!(scene.handle(sample("completed")).await.is_empty());
    assert_eq!((scene.buried().len(), receiver.sent().len()), (0, 1));
    assert_eq!(scene.outcomes(), ["gone"]);
}

#[tokio::test]
async fn a_store_that_is_away_is_waited_for() {
    for (fault, back, buried) in [
        (Fault::Unavailable, vec!['1'], vec![]),
        (Fault::Broken, vec![], vec!["callback_not_sent"]),
    ] {
        let receiver = Receiver::answering(&[204]).unwrap();
        let scene = scene(&receiver.url());
        scene.faults.always("tasks.load", fault);
        assert_eq!(scene.handle(sample("completed")).await, back);
        assert_eq!(scene.buried(), buried);
        assert_eq!(scene.outcomes(), ["not_sent"]);
        assert_eq!(receiver.sent(), []);
    }
}
