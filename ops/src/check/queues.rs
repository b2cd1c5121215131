//! Queues and their dead letters.

use aws::sqs::{QueueGauges, QueueUrls};
use aws_call::Caller;
use domain::dead_letters::DeadQueue;
use domain::operations::{Depth, QueueName};
use domain::ports::QueueDepths as _;
use futures::future::join_all;

use super::{Bounds, Row, State};
use crate::metrics::{self, Query};
use crate::site::Site;

const AREA: &str = "queues";

/// Somebody sits before a dashboard and waits: after a minute it feels broken, after a quarter of an hour it is.
const TASK_AGE: Bounds = Bounds {
    warn: 60.0,
    fail: 900.0,
};
/// Updates are called live: ten seconds are not, and after a minute pages show what is long past.
const UPDATE_AGE: Bounds = Bounds {
    warn: 10.0,
    fail: 60.0,
};
/// Where the age is not known, or says nothing: the workers of one queue (20 that take five at once) end some hundred short tasks a
/// second, so a thousand are ten seconds of work, and ten thousand minutes.
const DEPTH: Bounds = Bounds {
    warn: 1_000.0,
    fail: 10_000.0,
};
/// SQS hands out nothing beyond 120,000 messages in flight
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>).
const IN_FLIGHT: Bounds = Bounds {
    warn: 60_000.0,
    fail: 108_000.0,
};
/// One dead letter is somebody's lost work; ten are a fault that goes on.
const DEAD: Bounds = Bounds {
    warn: 1.0,
    fail: 10.0,
};

/// By the age of a queue's oldest message. None for callbacks: they wait for their next attempt in the queue, for hours, and
/// count as old there.
fn ages(queue: QueueName) -> Option<Bounds> {
    match queue {
        QueueName::Work | QueueName::Urgent => Some(TASK_AGE),
        QueueName::Updates => Some(UPDATE_AGE),
        QueueName::Callbacks => None,
    }
}

/// What SQS says of a queue; what it does not say is none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Figures {
    visible: f64,
    in_flight: f64,
    delayed: f64,
}

impl From<Depth> for Figures {
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    fn from(depth: Depth) -> Self {
        let said = |figure: Option<u64>| figure.unwrap_or_default() as f64;
        Self {
            visible: said(depth.visible),
            in_flight: said(depth.in_flight),
            delayed: said(depth.delayed),
        }
    }
}

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let (sdk, caller) = match (&site.sdk, &site.caller) {
        (Ok(sdk), Ok(caller)) => (sdk, caller),
        (Err(why), _) => return vec![Row::fail(AREA, "all", domain::causes(why))],
        (_, Err(why)) => return vec![Row::fail(AREA, "all", domain::causes(why))],
    };
    let known = |variable| site.deployment.get(variable).unwrap_or_default().to_owned();
    let gauges = QueueGauges::new(sdk, QueueUrls::by_variable(known));
    let queues = QueueName::ALL.map(|queue| check_queue(site, caller, &gauges, queue));
    let dead = DeadQueue::ALL.map(|queue| check_dead(site, &gauges, queue));
    let (queues, dead) = futures::future::join(join_all(queues), join_all(dead)).await;
    queues.into_iter().chain(dead).collect()
}

async fn check_queue(site: &Site, caller: &Caller, gauges: &QueueGauges, queue: QueueName) -> Row {
    let name = queue.as_str();
    let Some(url) = site.deployment.get(queue.variable()) else {
        return unknown(name, queue.variable());
    };
    let (depth, age) = futures::future::join(gauges.depth(queue), age(site, caller, url)).await;
    match depth {
        Ok(depth) => judge(name, ages(queue), depth.into(), age),
        Err(error) => Row::fail(AREA, name, domain::causes(&error)),
    }
}

async fn check_dead(site: &Site, gauges: &QueueGauges, queue: DeadQueue) -> Row {
    let name = format!("dead {queue}");
    if site.deployment.get(queue.variable()).is_none() {
        return unknown(&name, queue.variable());
    }
    match gauges.dead(queue).await {
        Ok(depth) => judge_dead(&name, depth.into()),
        Err(error) => Row::fail(AREA, name, domain::causes(&error)),
    }
}

fn unknown(name: &str, variable: &str) -> Row {
    Row::fail(AREA, name, format!("{variable} is not known"))
        .advise("name the stack by --stack: its outputs hold the address")
}

/// The age that CloudWatch tells counts messages in hand, too, which are as old as their tasks take: it is looked at
/// while something waits.
fn judge(name: &str, ages: Option<Bounds>, depth: Figures, age: Option<f64>) -> Row {
    let waits = match ages.zip(age) {
        Some((ages, age)) if depth.visible > 0.0 => ages.judge(age),
        Some(_) => State::Ok,
        None => DEPTH.judge(depth.visible),
    };
    let state = waits.max(IN_FLIGHT.judge(depth.in_flight));
    let oldest = age.map(|age| format!(", oldest {age:.0} s"));
    let figure = format!(
        "{} waiting, {} in flight, {} delayed{}",
        depth.visible,
        depth.in_flight,
        depth.delayed,
        oldest.unwrap_or_default()
    );
    let advice = if waits == state {
        "who reads it is too slow or stopped: look at its function and at `triggers`"
    } else {
        "its function takes messages and does not end: look at its duration and errors"
    };
    let row = Row::new(AREA, name, state, figure).advise(advice);
    let row = row
        .with("visible", depth.visible)
        .with("in_flight", depth.in_flight)
        .with("delayed", depth.delayed);
    match age {
        Some(age) => row.with("oldest_s", age),
        None => row,
    }
}

fn judge_dead(name: &str, depth: Figures) -> Row {
    let count = depth.visible + depth.in_flight + depth.delayed;
    let figure = match count {
        1.0 => "1 message".to_owned(),
        count => format!("{count} messages"),
    };
    let row = Row::new(AREA, name, DEAD.judge(count), figure).with("messages", count);
    row.advise("`ops dlq` shows them by their reason; mend that, then send them again")
}

/// The age of the oldest message, in seconds, where CloudWatch has been told in the last minutes.
async fn age(site: &Site, caller: &Caller, url: &str) -> Option<f64> {
    let (_, name) = url.rsplit_once('/')?;
    let query = Query {
        namespace: "AWS/SQS",
        metric: "ApproximateAgeOfOldestMessage",
        dimensions: vec![("QueueName", name.to_owned())],
        stat: "Maximum",
    };
    let found = metrics::figures(caller, &[query], site.last_minutes(10), 60).await;
    found.ok()?.first()?.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(visible: f64) -> Figures {
        Figures {
            visible,
            ..Figures::default()
        }
    }

    #[test]
    fn age_counts_where_it_is_known_and_depth_elsewhere() {
        let state = |visible, age| judge("work", Some(TASK_AGE), depth(visible), age).state;
        assert_eq!(state(50_000.0, Some(3.0)), State::Ok);
        assert_eq!(state(1.0, Some(60.0)), State::Warn);
        assert_eq!(state(1.0, Some(901.0)), State::Fail);
        assert_eq!(state(999.0, None), State::Ok);
        assert_eq!(state(1_000.0, None), State::Warn);
        assert_eq!(state(10_000.0, None), State::Fail);
        let hung = Figures {
            in_flight: 110_000.0,
            ..Figures::default()
        };
        let judged = judge("work", Some(TASK_AGE), hung, Some(0.0));
        assert_eq!(judged.state, State::Fail);
        // Long tasks are old in their queue, and nobody waits.
        assert_eq!(state(0.0, Some(901.0)), State::Ok);
        let callbacks = judge("callbacks", None, depth(5.0), Some(90_000.0));
        assert_eq!(callbacks.state, State::Ok);
    }

    #[test]
    fn a_dead_letter_is_worth_a_look_whoever_has_it_in_hand() {
        assert_eq!(judge_dead("dead work", depth(0.0)).state, State::Ok);
        let row = judge_dead("dead work", depth(1.0));
        assert_eq!((row.state, row.figure.as_str()), (State::Warn, "1 message"));
        let held = Figures {
            in_flight: 10.0,
            ..Figures::default()
        };
        assert_eq!(judge_dead("dead work", held).state, State::Fail);
    }
}
