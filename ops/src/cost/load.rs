//! What a system has to do, and what one piece of it takes.

use serde::Serialize;

/// Hours of a month, as AWS reckons them.
pub const HOURS: f64 = 730.0;

/// Days of a month.
pub const DAYS: f64 = HOURS / 24.0;

/// How many come in each hour of a day, of a hundred in the busiest: the shape of `ops seed`.
pub const PROFILE: [f64; 24] = [
    14.0, 9.0, 6.0, 5.0, 6.0, 10.0, 20.0, 36.0, 55.0, 68.0, 76.0, 80.0, 84.0, 78.0, 74.0, 72.0,
    75.0, 80.0, 90.0, 100.0, 96.0, 78.0, 50.0, 28.0,
];

/// The load of the busiest minute, as a multiple of the mean: the busiest hour has twice the mean, and its busiest
/// minute two and a half times that.
pub const BUSIEST: f64 = 5.0;

/// The share of the largest tenant.
pub const LARGEST_TENANT: f64 = 0.3;

/// What the system has to do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Load {
    /// Tasks a day.
    pub tasks_per_day: f64,
    /// Seconds that a worker has a task in hand.
    pub seconds: f64,
    /// Memory of the worker function, in MB.
    pub memory_mb: f64,
    /// Dashboards that are open all the time.
    pub viewers: f64,
    /// Calls of the HTTP API a day.
    pub api_calls_per_day: f64,
}

impl Load {
    /// The load that the classic fleet was drawn up for.
    pub const BASE: Self = Self {
        tasks_per_day: 10_000.0,
        seconds: 3.0,
        memory_mb: 512.0,
        viewers: 200.0,
        api_calls_per_day: 100_000.0,
    };

    /// So many times as much of everything.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self {
            tasks_per_day: self.tasks_per_day * factor,
            viewers: self.viewers * factor,
            api_calls_per_day: self.api_calls_per_day * factor,
            ..self
        }
    }

    /// Tasks a second, on average.
    pub fn tasks_per_second(&self) -> f64 {
        self.tasks_per_day / 86_400.0
    }

    /// Calls a second, on average.
    pub fn calls_per_second(&self) -> f64 {
        self.api_calls_per_day / 86_400.0
    }

    /// Tasks in hand at once, on average.
    pub fn tasks_at_once(&self) -> f64 {
        self.tasks_per_second() * self.seconds
    }
}

/// What one task takes beside its worker's time: the example of docs/costs.md, an export with lanes and callbacks off,
/// and what the ledger leaves out.
pub mod task {
    /// `DynamoDB` write units, by the ledger.
    pub const WRITES: f64 = 13.0;
    /// `DynamoDB` read units: 2 by the ledger, and the pusher's look at who listens.
    pub const READS: f64 = 6.0;
    /// SQS requests: 5 by the ledger, and a receive and a delete for each of its four messages, unbatched.
    pub const SQS: f64 = 13.0;
    /// S3 requests of the dearer class.
    pub const S3_WRITES: f64 = 1.0;
    /// Other S3 requests.
    pub const S3_READS: f64 = 1.0;
    /// Changes that are told: submitted, claimed, progress, ended; to one dashboard each.
    pub const UPDATES: f64 = 4.0;
    /// Bytes of the largest result that is kept for a month, and of the task itself.
    pub const STORED_BYTES: f64 = 8_192.0;
}

/// What a call of the HTTP API takes.
pub mod call {
    /// Seconds of the function.
    pub const SECONDS: f64 = 0.03;
    /// Memory of the function, in GB.
    pub const MEMORY_GB: f64 = 0.25;
    /// `DynamoDB` read units.
    pub const READS: f64 = 1.0;
}

/// What an open dashboard takes.
pub mod viewer {
    /// Minutes between two pings, answered ones.
    pub const PING_MINUTES: f64 = 5.0;
    /// Minutes after which it connects anew.
    pub const LIFE_MINUTES: f64 = 110.0;
    /// `DynamoDB` write units to open and close a connection.
    pub const WRITES: f64 = 14.0;
}

/// What is there whatever happens.
pub mod fixed {
    /// SQS requests a month of four event sources that wait: five pollers each, 20 seconds a wait.
    pub const POLLS: f64 = 4.0 * 5.0 * 3.0 * 60.0 * super::HOURS;
    /// Sweeps a month.
    pub const SWEEPS: f64 = 60.0 * super::HOURS;
    /// GB-seconds of one.
    pub const SWEEP_GB_SECONDS: f64 = 0.05;
    /// `DynamoDB` read units of one.
    pub const SWEEP_READS: f64 = 30.0;
    /// Metrics of our own, one for each name and function.
    pub const METRICS: f64 = 30.0;
    /// Alarms.
    pub const ALARMS: f64 = 39.0;
    /// Secrets.
    pub const SECRETS: f64 = 1.0;
    /// Bytes of a log line, of which each invocation leaves one, with Lambda's own.
    pub const LINE_BYTES: f64 = 1_200.0;
}
