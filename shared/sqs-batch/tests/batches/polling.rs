//! Polling, against a queue in memory that keeps what is not forgotten.

use std::collections::{BTreeMap, VecDeque};
use std::future::pending;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use sqs_batch::{BoxError, Inbox, Poll, Pulse};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

/// Hands out messages `0..`, as many as there are.
#[derive(Default)]
struct Queue {
    waiting: Mutex<VecDeque<usize>>,
    arrived: Notify,
    in_flight: Mutex<BTreeMap<String, usize>>,
    asked_for: Mutex<Vec<usize>>,
    deletes: Mutex<Vec<usize>>,
    failures: AtomicUsize,
    refusals: AtomicUsize,
}

impl Queue {
    fn of(count: usize) -> Self {
        let queue = Self::default();
        queue.send(count);
        queue
    }

    fn send(&self, count: usize) {
        self.waiting.lock().unwrap().extend(0..count);
        self.arrived.notify_one();
    }

    fn left(&self) -> (usize, usize) {
        let waiting = self.waiting.lock().unwrap().len();
        (waiting, self.in_flight.lock().unwrap().len())
    }
}

fn take_one(counter: &AtomicUsize) -> bool {
    let less = |count: usize| count.checked_sub(1);
    let ordering = Ordering::Relaxed;
    counter.fetch_update(ordering, ordering, less).is_ok()
}

impl Inbox for Queue {
    async fn receive(&self, most: usize, wait: Duration) -> Result<Vec<SqsMessage>, BoxError> {
        assert!((1..=10).contains(&most));
        if take_one(&self.failures) {
            return Err("away".into());
        }
        self.asked_for.lock().unwrap().push(most);
        if self.waiting.lock().unwrap().is_empty() {
            let _ = timeout(wait, self.arrived.notified()).await;
        }
        let mut waiting = self.waiting.lock().unwrap();
        let count = most.min(waiting.len());
        let taken = waiting.drain(..count);
        let message = |number: usize| {
            let receipt = format!("receipt {number}");
            let mut in_flight = self.in_flight.lock().unwrap();
            in_flight.insert(receipt.clone(), number);
            let mut message = SqsMessage::default();
            message.body = Some(number.to_string());
            message.receipt_handle = Some(receipt);
            message
        };
        Ok(taken.map(message).collect())
    }

    async fn delete(&self, receipts: &[String]) -> Result<Vec<String>, BoxError> {
        sleep(Duration::from_millis(10)).await;
        self.deletes.lock().unwrap().push(receipts.len());
        let refused = take_one(&self.refusals).then(|| receipts[0].clone());
        for receipt in receipts {
            if Some(receipt) != refused.as_ref() {
                self.in_flight.lock().unwrap().remove(receipt);
            }
        }
        Ok(refused.into_iter().collect())
    }
}

/// Runs a poller for so long with work that takes a second; gives how many were at work at most.
async fn run(queue: &Queue, at_once: usize, seconds: u64, pulse: &Pulse) -> usize {
    let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = |_| async {
        let count = now.fetch_add(1, Ordering::Relaxed) + 1;
        most.fetch_max(count, Ordering::Relaxed);
        sleep(Duration::from_secs(1)).await;
        now.fetch_sub(1, Ordering::Relaxed);
        true
    };
    let stop = sleep(Duration::from_secs(seconds));
    Poll::new(queue, at_once)
        .run(stop, pulse, &|| 0, work)
        .await;
    most.into_inner()
}

#[tokio::test(start_paused = true)]
async fn every_message_is_handled_and_forgotten_within_the_bounds() {
    for at_once in [1, 7, 10, 64] {
        let queue = Queue::of(100);
        let most = run(&queue, at_once, 100, &Pulse::default()).await;
        assert_eq!(queue.left(), (0, 0), "{at_once}");
        assert_eq!(most, at_once);
    }
}

/// Whatever it could not begin would wait here while another poller is free.
#[tokio::test(start_paused = true)]
async fn it_asks_for_no_more_than_it_can_begin() {
    let queue = Queue::of(1_000);
    run(&queue, 3, 5, &Pulse::default()).await;
    assert!(
        queue
            .asked_for
            .lock()
            .unwrap()
            .iter()
            .all(|most| *most <= 3)
    );
}

#[tokio::test(start_paused = true)]
async fn forgetting_takes_few_calls() {
    let queue = Queue::of(640);
    run(&queue, 64, 12, &Pulse::default()).await;
    let deletes = queue.deletes.lock().unwrap().clone();
    assert_eq!(deletes.iter().sum::<usize>(), 640);
    assert!(deletes.len() <= 100, "{} calls", deletes.len());
}

#[tokio::test(start_paused = true)]
async fn what_is_in_hand_at_the_stop_is_handled_to_its_end() {
    let queue = Queue::of(50);
    let started = Instant::now();
    let stop = sleep(Duration::from_millis(1_500));
    let work = |_| async {
        sleep(Duration::from_secs(10)).await;
        true
    };
    let pulse = Pulse::default();
    Poll::new(&queue, 10).run(stop, &pulse, &|| 0, work).await;
    assert_eq!(queue.left(), (40, 0));
    assert!(started.elapsed() < Duration::from_secs(11));
    assert_eq!(pulse.in_hand(), 0);
}

/// A message that comes while the last call is under way is not lost.
#[tokio::test(start_paused = true)]
async fn a_message_that_comes_at_the_stop_is_handled() {
    let queue = Queue::default();
    let stop = sleep(Duration::from_secs(5));
    let late = async {
        sleep(Duration::from_millis(5_500)).await;
        queue.send(1);
    };
    let poll = Poll::new(&queue, 10);
    let pulse = Pulse::default();
    let polling = poll.run(stop, &pulse, &|| 0, |_| async { true });
    tokio::join!(polling, late);
    assert_eq!(queue.left(), (0, 0));
}

/// The call that waits for messages is cut off; no second one begins.
#[tokio::test(start_paused = true)]
async fn an_idle_poller_stops_soon() {
    let queue = Queue::default();
    let started = Instant::now();
    run(&queue, 10, 5, &Pulse::default()).await;
    assert_eq!(started.elapsed().as_secs(), 7);
    assert_eq!(queue.asked_for.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_acknowledged_stays_in_the_queue() {
    let queue = Queue::of(4);
    let even = |message: SqsMessage| async move {
        let number: usize = message.body.unwrap().parse().unwrap();
        number.is_multiple_of(2)
    };
    let stop = sleep(Duration::from_secs(1));
    let pulse = Pulse::default();
    Poll::new(&queue, 10).run(stop, &pulse, &|| 0, even).await;
    let in_flight: Vec<_> = queue.in_flight.lock().unwrap().values().copied().collect();
    assert_eq!(in_flight, [1, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_receipt_that_is_not_taken_is_given_again() {
    let queue = Queue::of(5);
    queue.refusals.store(2, Ordering::Relaxed);
    run(&queue, 5, 2, &Pulse::default()).await;
    assert_eq!(queue.left(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_away_is_asked_again_and_shows() {
    let queue = Queue::of(3);
    queue.failures.store(6, Ordering::Relaxed);
    let pulse = Pulse::default();
    let poll = Poll::new(&queue, 1);
    // The longest waits: 1, 2, 4, 8, 16 and 30 seconds.
    let jitter = || u64::MAX;
    let polling = poll.run(pending(), &pulse, &jitter, |_| async { true });
    assert!(timeout(Duration::from_secs(40), polling).await.is_err());
    assert!(pulse.failing_for().unwrap() >= Duration::from_secs(39));
    let polling = poll.run(pending(), &pulse, &jitter, |_| async { true });
    assert!(timeout(Duration::from_secs(40), polling).await.is_err());
    assert_eq!(pulse.failing_for(), None);
    assert_eq!(queue.left(), (0, 0));
}
