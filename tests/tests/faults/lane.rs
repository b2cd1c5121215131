//! Queues of a few tasks, and what must hold of those tasks in the end.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::types::QueueAttributeName;
use boot::SystemClock;
use domain::Task;
use domain::ports::{Announcement, Clock, Job, TaskQueue, TaskStore};
use domain::task::Status;
use end_to_end::fault_proxy::AwsProxy;
use end_to_end::{EventSource, Pool, Stack, binary};
use runtime_api::{Function, Setup};
use serde_json::{Value, json};
use testkit::build;

use crate::site::{Site, patiently};

/// How long a task may take from a fault to its end: two leases, with a busy machine in mind.
const PATIENCE: Duration = Duration::from_secs(150);

/// Between two looks: every lane of a test looks at the same emulator.
const LOOK: Duration = Duration::from_millis(500);

/// How long SQS hides a message whose worker died before it did anything about it. The deployed
/// queue hides it for longer, and the sweep is sooner.
const VISIBILITY: &str = "30";

/// Of the template; the deployed worker's own is read where it matters.
const TIMEOUT: Duration = Duration::from_mins(2);

/// A task queue with its dead letters, and an updates queue.
pub(crate) struct Lane {
    site: Arc<Site>,
    pub(crate) tasks: String,
    pub(crate) dead: String,
    pub(crate) updates: String,
}

impl Lane {
    pub(crate) async fn make(site: &Arc<Site>) -> Self {
        let dead = site.queue(&[]).await;
        let updates = site.queue(&[]).await;
        let dead_attributes = attributes(site, &dead).await;
        let deployed = attributes(site, &Stack::variable("TASK_QUEUE_URL")).await;
        let redrive = &deployed[&QueueAttributeName::RedrivePolicy];
        let mut redrive: Value = serde_json::from_str(redrive).expect("JSON");
        redrive["deadLetterTargetArn"] = json!(dead_attributes[&QueueAttributeName::QueueArn]);
        let tasks = site
            .queue(&[
                ("VisibilityTimeout", VISIBILITY.into()),
                ("RedrivePolicy", redrive.to_string()),
            ])
            .await;
        Self {
            site: Arc::clone(site),
            tasks,
            dead,
            updates,
        }
    }

    /// A worker of this lane.
    pub(crate) fn worker(&self, instead: &[(&str, &str)]) -> Function {
        self.function("worker", instead)
    }

    /// Another function, told what the worker is.
    pub(crate) fn function(&self, name: &str, instead: &[(&str, &str)]) -> Function {
        Function::new(Setup {
            program: binary(name),
            arguments: vec![],
            env: self.env(instead),
            timeout: TIMEOUT,
            at_once: 1,
        })
    }

    /// A pool of this lane.
    pub(crate) fn pool(&self, instead: &[(&str, &str)]) -> Pool {
        let table = Stack::variable("POOL_TABLE");
        let ours = [("POOL_HEALTH_PORT", "0"), ("POOL_TABLE", &*table)];
        Pool::start(&self.env(&[&ours, instead].concat()))
    }

    /// What a worker of this lane is told, with these variables instead of its own.
    pub(crate) fn env(&self, instead: &[(&str, &str)]) -> Vec<(String, String)> {
        let ours = [
            ("TASK_QUEUE_URL", &*self.tasks),
            ("URGENT_TASK_QUEUE_URL", &*self.tasks),
            // The faults are put at calls by their number: those of a worker alone.
            ("LANES_TABLE", "none"),
            ("TENANT_CONCURRENCY", "0"),
            ("TASK_DLQ_URL", &*self.dead),
            ("UPDATES_QUEUE_URL", &*self.updates),
            // Its tasks have no callbacks.
            ("CALLBACKS_QUEUE_URL", &*self.updates),
        ];
        self.site.env(&[&ours, instead].concat())
    }

    /// A worker of this lane, and the proxy between it and AWS.
    pub(crate) async fn proxied(&self, instead: &[(&str, &str)]) -> (Function, AwsProxy) {
        let proxy = AwsProxy::start(&Stack::variable("AWS_ENDPOINT_URL")).await;
        let url = proxy.url();
        let worker = self.worker(&[&[("AWS_ENDPOINT_URL", &*url)], instead].concat());
        proxy.aim_at(worker.killer());
        (worker, proxy)
    }

    /// The way from this lane's queue to its workers.
    pub(crate) fn source(&self) -> EventSource {
        EventSource::new(self.site.stack.queues(), &self.tasks)
    }

    /// The name of the task queue for event sources.
    pub(crate) async fn arn(&self) -> String {
        let mut attributes = attributes(&self.site, &self.tasks).await;
        let arn = attributes.remove(&QueueAttributeName::QueueArn);
        arn.expect("a queue has an ARN")
    }

    /// Writes a task, as if just submitted, without sending it.
    async fn write(&self, kind: &str, input: Value) -> Task {
        let mut task = build::task(&self.site.tenant, kind, input);
        let now = SystemClock.now();
        (task.created_at, task.updated_at) = (now, now);
        for update in &mut task.updates {
            update.at = now;
        }
        patiently(async || self.site.tasks.create(&task).await).await;
        task
    }

    /// Sends a task's message.
    pub(crate) async fn send(&self, task: &Task) {
        let queue = aws::sqs::TaskSender::new(
            &self.site.sdk,
            &self.tasks,
            &self.tasks,
            Arc::new(boot::SystemClock),
        );
        patiently(async || queue.send(&Job::from(task)).await).await;
    }

    /// Writes an aggregate and sends its message.
    pub(crate) async fn submit(&self, input: Value) -> Task {
        self.submit_kind("aggregate", input).await
    }

    /// The same for a task of any kind.
    pub(crate) async fn submit_kind(&self, kind: &str, input: Value) -> Task {
        let task = self.write(kind, input).await;
        self.send(&task).await;
        task
    }

    /// The task, once it has ended.
    pub(crate) async fn ended(&self, task: &Task) -> Task {
        let wait = async {
            loop {
                let stored = self.site.stored(task.request_id).await;
                if stored.status().is_terminal() {
                    return stored;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        if let Ok(ended) = tokio::time::timeout(PATIENCE, wait).await {
            return ended;
        }
        panic!("not ended: {:#?}", self.site.stored(task.request_id).await)
    }

    /// Waits until no message is left, neither waiting nor in somebody's hands.
    pub(crate) async fn drained(&self) {
        let wait = async {
            while self.waiting(&self.tasks).await > 0 {
                tokio::time::sleep(LOOK).await;
            }
        };
        let drained = tokio::time::timeout(PATIENCE, wait).await;
        drained.expect("every message is acknowledged");
    }

    /// How many messages somebody has in hand.
    pub(crate) async fn in_hand(&self) -> u32 {
        let attributes = attributes(&self.site, &self.tasks).await;
        let count = &attributes[&QueueAttributeName::ApproximateNumberOfMessagesNotVisible];
        count.parse().expect("a number")
    }

    async fn waiting(&self, queue: &str) -> u32 {
        let attributes = attributes(&self.site, queue).await;
        let counts = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
        ];
        let counts = counts.iter().map(|name| attributes[name].parse::<u32>());
        counts.map(|count| count.expect("a number")).sum()
    }

    /// How many dead letters there are.
    pub(crate) async fn dead_letters(&self) -> u32 {
        self.waiting(&self.dead).await
    }

    /// Takes all announcements off the updates queue.
    pub(crate) async fn announced(&self) -> Vec<Announcement> {
        let source = EventSource::new(self.site.stack.queues(), &self.updates);
        let mut announced = Vec::new();
        loop {
            let batch = source.receive(Duration::ZERO).await;
            if batch.is_empty() {
                return announced;
            }
            for message in batch {
                let body = message.body().unwrap_or_default();
                announced.push(wire::queue::read_update(body).expect("an update"));
            }
        }
    }

    /// Waits until these have ended and their messages are gone, and checks what must hold of
    /// them whatever happened on the way; gives them as they are stored.
    pub(crate) async fn settle(&self, tasks: &[Task], status: Status) -> Vec<Task> {
        let mut ended = Vec::new();
        for task in tasks {
            ended.push(self.ended(task).await);
        }
        self.drained().await;
        let announced = self.announced().await;
        for task in &ended {
            let again = self.site.stored(task.request_id).await;
            assert_eq!(again.version, task.version, "it changed after its end");
            check_one_end(task, status, &announced);
        }
        assert_eq!(self.dead_letters().await, 0, "no dead letters");
        ended
    }
}

/// Checks that a task has every version once, one end, and that its end was announced.
pub(crate) fn check_one_end(task: &Task, status: Status, announced: &[Announcement]) {
    assert_eq!(task.status(), status, "{task:#?}");
    let versions: Vec<_> = task.updates.iter().map(|update| update.version).collect();
    let all: Vec<_> = (1..=task.version).collect();
    assert_eq!(versions, all, "the history has every version once");
    let ends = task.updates.iter().filter(|u| u.status.is_terminal());
    assert_eq!(ends.count(), 1, "there is one end");
    let told: Vec<_> = announced
        .iter()
        .filter(|told| told.request_id == task.request_id)
        .collect();
    for announcement in &told {
        let known = task.updates.contains(&announcement.update);
        assert!(known, "announced, not stored: {:?}", announcement.update);
    }
    let end = told.iter().find(|told| told.update.version == task.version);
    let end = end.expect("the end is announced");
    assert_eq!(end.result.as_ref(), task.state.result());
}

async fn attributes(site: &Site, queue: &str) -> HashMap<QueueAttributeName, String> {
    let get = site.stack.queues().get_queue_attributes().queue_url(queue);
    let answer = get.attribute_names(QueueAttributeName::All).send().await;
    let attributes = answer.expect("the queue answers").attributes;
    attributes.expect("attributes")
}

/// The input of an aggregate with a small result.
pub(crate) fn small() -> Value {
    json!({"group_by": ["service"], "window": "all"})
}

/// The input of an aggregate whose result is so large that it is kept apart.
pub(crate) fn large() -> Value {
    json!({"group_by": ["path"], "window": "all"})
}
