//! What a month of a load costs, by service.

use cost::list_price;
use serde::Serialize;

use super::load::{DAYS, HOURS, Load, call, fixed, task, viewer};

const GIB: f64 = 1_073_741_824.0;

const GB_SECOND: f64 = list_price("lambda.gb_second.arm64");
const INVOCATION: f64 = list_price("lambda.request");

/// What one service costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// The service.
    pub service: &'static str,
    /// What for.
    pub what: &'static str,
    /// Dollars a month.
    pub usd: f64,
}

/// What a month costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// By service.
    pub lines: Vec<Line>,
    /// Of all of them, in dollars.
    pub usd: f64,
}

impl Estimate {
    fn of(lines: Vec<Line>) -> Self {
        let usd = lines.iter().map(|line| line.usd).sum();
        Self { lines, usd }
    }
}

/// Quantities of a month that several services are paid by.
struct Month {
    tasks: f64,
    calls: f64,
    invocations: f64,
    minutes: f64,
    messages: f64,
    connects: f64,
}

impl Month {
    fn of(load: &Load) -> Self {
        let tasks = load.tasks_per_day * DAYS;
        let calls = load.api_calls_per_day * DAYS;
        let minutes = load.viewers * HOURS * 60.0;
        let pings = minutes / viewer::PING_MINUTES;
        let connects = minutes / viewer::LIFE_MINUTES;
        // Each task is an invocation of the worker, and each of its changes one of the pusher: nothing is batched. A
        // connection is opened and closed.
        let invocations =
            calls + tasks * (1.0 + task::UPDATES) + pings + 2.0 * connects + fixed::SWEEPS;
        Self {
            tasks,
            calls,
            invocations,
            minutes,
            // A ping comes and is answered.
            messages: tasks * task::UPDATES + 2.0 * pings,
            connects,
        }
    }
}

/// Lambda's share that a pool can take: the workers' time. In GB-seconds a month.
pub fn worker_gb_seconds(load: &Load) -> f64 {
    load.tasks_per_day * DAYS * load.seconds * load.memory_mb / 1_024.0
}

/// What a month costs with Lambda alone. Free tiers are not subtracted.
pub fn lambda_first(load: &Load) -> Estimate {
    let month = Month::of(load);
    let quick = month.invocations - month.tasks - fixed::SWEEPS;
    let gb_seconds =
        quick * call::SECONDS * call::MEMORY_GB + fixed::SWEEPS * fixed::SWEEP_GB_SECONDS;
    let writes = month.tasks * task::WRITES + month.connects * viewer::WRITES;
    let reads =
        month.tasks * task::READS + month.calls * call::READS + fixed::SWEEPS * fixed::SWEEP_READS;
    let stored = month.tasks * task::STORED_BYTES / GIB;
    let line = |service, what, usd| Line { service, what, usd };
    Estimate::of(vec![
        line(
            "Lambda",
            "workers' time",
            worker_gb_seconds(load) * GB_SECOND,
        ),
        line(
            "Lambda",
            "time of the other functions",
            gb_seconds * GB_SECOND,
        ),
        line("Lambda", "requests", month.invocations * INVOCATION),
        line(
            "API Gateway",
            "HTTP requests",
            month.calls * list_price("gateway.http_request"),
        ),
        line(
            "API Gateway",
            "WebSocket minutes",
            month.minutes * list_price("gateway.connection_minute"),
        ),
        line(
            "API Gateway",
            "WebSocket messages",
            month.messages * list_price("gateway.websocket_message"),
        ),
        line(
            "DynamoDB",
            "writes",
            writes * list_price("dynamodb.write_unit"),
        ),
        line(
            "DynamoDB",
            "reads",
            reads * list_price("dynamodb.read_unit"),
        ),
        line(
            "DynamoDB",
            "storage",
            stored * list_price("dynamodb.gb_month"),
        ),
        line(
            "SQS",
            "requests",
            (month.tasks * task::SQS + fixed::POLLS) * list_price("sqs.request"),
        ),
        line(
            "S3",
            "requests",
            month.tasks
                * (task::S3_WRITES * list_price("s3.write")
                    + task::S3_READS * list_price("s3.read")),
        ),
        line("S3", "storage", stored * list_price("s3.gb_month")),
        line(
            "CloudWatch",
            "logs",
            month.invocations * fixed::LINE_BYTES / GIB * list_price("cloudwatch.log_gb"),
        ),
        line(
            "CloudWatch",
            "metrics and alarms",
            fixed::METRICS * list_price("cloudwatch.metric")
                + fixed::ALARMS * list_price("cloudwatch.alarm"),
        ),
        line(
            "Secrets Manager",
            "secrets",
            fixed::SECRETS * list_price("secrets.secret"),
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(estimate: &Estimate, service: &str, what: &str) -> f64 {
        let mut lines = estimate.lines.iter();
        let line = lines.find(|line| line.service == service && line.what == what);
        line.map(|line| line.usd).unwrap()
    }

    /// By hand: 10,000 tasks * 30.42 days * 3 s * 0.5 GB * $0.0000133334.
    #[test]
    fn workers_cost_what_their_time_costs() {
        let base = lambda_first(&Load::BASE);
        let workers = usd(&base, "Lambda", "workers' time");
        assert!((workers - 6.083).abs() < 0.01, "{workers}");
        let double = Load {
            seconds: 6.0,
            ..Load::BASE
        };
        let workers_of_double = usd(&lambda_first(&double), "Lambda", "workers' time");
        assert!((workers_of_double - 2.0 * workers).abs() < 1e-9);
    }

    #[test]
    fn nothing_to_do_costs_next_to_nothing_and_more_costs_more() {
        let idle = lambda_first(&Load::BASE.times(0.0));
        assert!(idle.usd < 15.0, "{}", idle.usd);
        let mut last = idle.usd;
        for factor in [1.0, 10.0, 100.0] {
            let usd = lambda_first(&Load::BASE.times(factor)).usd;
            assert!(usd > last);
            last = usd;
        }
    }

    #[test]
    fn the_sum_is_of_all_lines() {
        let base = lambda_first(&Load::BASE);
        let sum: f64 = base.lines.iter().map(|line| line.usd).sum();
        assert!((base.usd - sum).abs() < 1e-9);
        assert!(base.lines.iter().all(|line| line.usd > 0.0));
    }
}
