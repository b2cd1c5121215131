//! What attempts use adds up on their task, however they end.

use std::time::Duration;

use domain::kind::RETRY;
use domain::ports::LateUsage as _;
use domain::task::Status;
use domain::{Task, Usage};
use serde_json::json;
use testkit::memory::Fault;
use tokio::time::{sleep, timeout};

use super::scene::{MEMORY_MB, Scene, WORK};
use crate::charges;
use crate::run_task::{LEASE, Outcome};

fn seconds(usage: Usage) -> u64 {
    usage.lambda_micros / 1_000_000
}

impl Scene {
    /// What the task used in all.
    async fn used(&self) -> Usage {
        let late = self.tasks.total(&self.task.tenant, self.task.request_id);
        self.stored().usage + late.await.unwrap()
    }
}

/// What the kind itself used, as often as it ran.
fn runs(usage: Usage) -> u64 {
    assert_eq!(usage.s3_bytes, usage.s3_reads * WORK.s3_bytes);
    usage.s3_reads
}

fn last_write(task: &Task) -> Usage {
    charges::last_write(task)
}

#[tokio::test(start_paused = true)]
async fn one_attempt_is_its_calls_its_time_and_its_end() {
    let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 7}));
    let submitted = Usage {
        write_units: 2,
        ..Usage::NONE
    };
    scene.meddle(|task| task.usage = submitted);
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    let task = scene.stored();
    let expected = submitted + WORK + Usage::lambda(7_000_000, MEMORY_MB) + last_write(&task);
    assert_eq!(task.usage, expected);
    assert_eq!(scene.faults.count("late_usage.add"), 0, "no call more");
}

#[tokio::test(start_paused = true)]
async fn attempts_that_fail_add_up() {
    let scene = Scene::of(json!({"end": "transient", "seconds": 7}));
    let (outcome, _) = scene.deliver_until_done().await;
    assert!(matches!(outcome, Some(Outcome::DeadLetter { .. })));
    let usage = scene.stored().usage;
    let attempts = u64::from(RETRY.attempts);
    assert_eq!((runs(usage), seconds(usage)), (attempts, 7 * attempts));
    assert_eq!(usage.sqs_requests, attempts, "each told of its end");
    assert_eq!(
        usage.lambda_mb_micros,
        usage.lambda_micros * u64::from(MEMORY_MB)
    );
}

#[tokio::test(start_paused = true)]
async fn a_retry_goes_on_where_the_task_ended() {
    let scene = Scene::of(json!({"end": "permanent", "seconds": 5}));
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    let first = scene.stored().usage;
    let now = scene.worker.clock.now();
    scene.meddle(|task| task.retry(now).unwrap());
    assert_eq!(scene.deliver(2).await, Outcome::Done);
    let both = scene.stored().usage;
    assert_eq!((runs(both), seconds(both)), (2, 10));
    // The history has grown, and so have the writes.
    assert!(both.write_units >= 2 * first.write_units);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_is_killed_takes_along_what_came_after_its_last_sign_of_life() {
    let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 25}));
    let killed = timeout(Duration::from_secs(24), scene.deliver(1)).await;
    assert!(killed.is_err(), "it is killed in the middle");
    // The heartbeat wrote after 10 and 20 seconds.
    assert_eq!(seconds(scene.stored().usage), 20);
    assert_eq!(runs(scene.stored().usage), 1);
    sleep(LEASE.unsigned_abs()).await;
    assert_eq!(scene.deliver(2).await, Outcome::Done);
    let usage = scene.stored().usage;
    assert_eq!((runs(usage), seconds(usage)), (2, 45));
}

#[tokio::test(start_paused = true)]
async fn what_a_cancelled_attempt_used_is_added_beside_the_task() {
    let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 90}));
    let cancel = async {
        sleep(Duration::from_millis(3_500)).await;
        let now = scene.worker.clock.now();
        scene.meddle(|task| task.cancel(now).unwrap());
    };
    let (outcome, ()) = tokio::join!(scene.deliver(1), cancel);
    assert_eq!(outcome, Outcome::Done);
    let task = scene.stored();
    assert_eq!(task.status(), Status::Cancelled);
    assert_eq!(
        task.usage,
        Usage::NONE,
        "the end was written by somebody else"
    );
    let used = scene.used().await;
    assert_eq!(
        (runs(used), seconds(used)),
        (1, 4),
        "it stopped at the next look"
    );
    assert_eq!(used.write_units, 1, "the addition itself");
    assert_eq!(scene.faults.count("late_usage.add"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_runs_out_of_time_has_used_it() {
    let scene = Scene::with("brief", json!({}));
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    let task = scene.stored();
    assert_eq!(task.status(), Status::TimedOut);
    assert_eq!(seconds(task.usage), 10);
    assert_eq!(task.usage.sqs_requests, 1);
}

/// Tasks of one batch: each has its own calls, and they share the time.
#[tokio::test(start_paused = true)]
async fn tasks_at_once_do_not_mix() {
    let (short, long) = (
        Scene::of(json!({"end": {"text": 3}, "seconds": 4})),
        Scene::of(json!({"end": {"text": 3}, "seconds": 10})),
    );
    let mut worker = long.worker.clone();
    worker.compute = short.worker.compute.clone();
    let delivery = long.delivery(1);
    tokio::join!(short.deliver(1), worker.run(&delivery));
    let (short, long) = (short.stored().usage, long.stored().usage);
    assert_eq!(
        (seconds(short), seconds(long)),
        (2, 8),
        "ten seconds in all"
    );
    assert_eq!((runs(short), runs(long)), (1, 1));
}

/// Whatever goes wrong with the counting, the task ends as it would have.
#[tokio::test(start_paused = true)]
async fn an_addition_that_fails_or_hangs_changes_nothing() {
    for fault in [Fault::Unavailable, Fault::Broken, Fault::HangBefore] {
        let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 90}));
        scene.faults.always("late_usage.add", fault);
        let cancel = async {
            sleep(Duration::from_secs(3)).await;
            let now = scene.worker.clock.now();
            scene.meddle(|task| task.cancel(now).unwrap());
        };
        let run = timeout(Duration::from_secs(10), scene.deliver(1));
        let (outcome, ()) = tokio::join!(run, cancel);
        assert_eq!(outcome, Ok(Outcome::Done), "{fault:?}");
    }
}

/// A write whose answer was lost is made again, and counts once.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_counts_nothing_twice() {
    let script = json!({"end": {"text": 3}, "seconds": 7});
    let sound = Scene::of(script.clone());
    sound.deliver(1).await;
    for nth in 1..=2 {
        let scene = Scene::of(script.clone());
        scene.faults.on("tasks.replace", nth, Fault::LostAnswer);
        scene.deliver_until_done().await;
        let used = scene.used().await;
        assert_eq!(scene.stored().status(), Status::Completed);
        // An attempt whose claim was not acknowledged never ran.
        assert_eq!((runs(used), seconds(used)), (1, 7), "write {nth}");
    }
}
