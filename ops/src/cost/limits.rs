//! Which limits a load meets.

use super::load::{BUSIEST, LARGEST_TENANT, Load, call, task};

/// A limit: of AWS by default, or of the template.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// What is limited.
    pub what: &'static str,
    /// How much.
    pub quota: f64,
    /// What a load needs of it in its busiest minute.
    pub needs: fn(&Load) -> f64,
    /// What to do where it is too little.
    pub remedy: &'static str,
    /// Where the figure is from.
    pub source: &'static str,
}

fn busy_tasks(load: &Load) -> f64 {
    load.tasks_at_once() * BUSIEST
}

fn busy_calls(load: &Load) -> f64 {
    load.calls_per_second() * BUSIEST * call::SECONDS
}

fn pushes(load: &Load) -> f64 {
    load.tasks_per_second() * BUSIEST * task::UPDATES
}

/// Seconds within which everybody is told to connect anew, as by `ops broadcast --reconnect-within 60`.
const RECONNECT: f64 = 60.0;

/// The limits that grow with the load.
pub const LIMITS: [Limit; 12] = [
    Limit {
        what: "Lambda, executions at once",
        quota: 1_000.0,
        needs: |load| busy_tasks(load) + busy_calls(load) + pushes(load) * call::SECONDS,
        remedy: "ask AWS for more concurrent executions",
        source: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
    },
    Limit {
        what: "workers at once (WorkerConcurrency)",
        quota: 20.0,
        needs: busy_tasks,
        remedy: "raise the parameter, or turn the pool on",
        source: "template.yaml",
    },
    Limit {
        what: "tasks at once of the largest tenant (TenantConcurrency)",
        quota: 50.0,
        needs: |load| busy_tasks(load) * LARGEST_TENANT,
        remedy: "raise the parameter, or let that tenant wait",
        source: "template.yaml",
    },
    Limit {
        what: "submissions a minute of the largest tenant",
        quota: 600.0,
        needs: |load| load.tasks_per_second() * BUSIEST * 60.0 * LARGEST_TENANT,
        remedy: "raise SubmissionsPerMinute",
        source: "template.yaml",
    },
    Limit {
        what: "HTTP API, calls a second (the stage's throttle)",
        quota: 1_000.0,
        needs: |load| load.calls_per_second() * BUSIEST,
        remedy: "raise ThrottlingRateLimit; the account has 10,000",
        source: "template.yaml",
    },
    Limit {
        what: "WebSocket, new connections a second after a deploy",
        quota: 500.0,
        needs: |load| load.viewers / RECONNECT,
        remedy: "spread reconnections over more than 60 seconds",
        source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html",
    },
    Limit {
        what: "WebSocket, posts a second",
        quota: 10_000.0,
        needs: pushes,
        remedy: "ask AWS for a higher throttle of the account",
        source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
    },
    Limit {
        what: "DynamoDB, writes a second of all tables",
        quota: 40_000.0,
        needs: |load| load.tasks_per_second() * BUSIEST * task::WRITES,
        remedy: "ask AWS for a higher table quota",
        source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
    },
    Limit {
        what: "DynamoDB, writes a second of the largest tenant",
        quota: 1_000.0,
        needs: |load| load.tasks_per_second() * BUSIEST * task::WRITES * LARGEST_TENANT,
        remedy: "split that tenant's partition",
        source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html",
    },
    Limit {
        what: "SQS, messages in flight",
        quota: 120_000.0,
        needs: |load| busy_tasks(load) + pushes(load),
        remedy: "none is needed before that",
        source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html",
    },
    Limit {
        what: "PostgreSQL, connections (1 GB of memory)",
        quota: 100.0,
        needs: |load| busy_tasks(load) + busy_calls(load),
        remedy: "a larger instance, or RDS Proxy",
        source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html",
    },
    Limit {
        what: "MongoDB, connections (Atlas M10)",
        quota: 1_500.0,
        needs: |load| busy_tasks(load) + busy_calls(load),
        remedy: "a larger tier",
        source: "https://www.mongodb.com/docs/atlas/reference/atlas-limits/",
    },
];
