//! What every adapter of a port must do, whatever is behind it.
//!
//! Each suite is a set of async functions that take the adapter and assert; an adapter's tests
//! call them against its real server.
//!
//! Suites take the tenant they work in. Where one needs a second tenant it appends to that name,
//! so whoever cleans up removes everything whose tenant starts with it.

pub mod activity;
pub mod activity_rows;
pub mod address_source;
pub mod aggregation;
pub mod audience;
pub mod broadcast_queue;
pub mod callback_queue;
pub mod captures;
pub mod census;
pub mod connection_store;
pub mod dead_letter_queue;
pub mod dead_letters;
pub mod event_log;
pub mod event_rows;
pub mod event_sources;
pub mod expiring;
pub mod file_store;
pub mod frame_meter;
pub mod lanes;
pub mod late_usage;
pub mod log_search;
pub mod pauses;
pub mod pool_heartbeats;
pub mod postings;
pub mod pusher_queue;
pub mod queue_depths;
pub mod rate_limit;
pub mod report_store;
pub mod response_times;
pub mod result_store;
pub mod roll_ups;
pub mod root_secret_store;
pub mod secret_reader;
pub mod source_queues;
pub mod spending;
pub mod spent_tasks;
pub mod stale_connections;
pub mod stuck_tasks;
pub mod submission_ledger;
pub mod subscriptions;
pub mod task_index;
pub mod task_queue;
pub mod task_store;
pub mod task_watch;
pub mod text_model;
pub mod texts;
pub mod ticket_store;
pub mod time_series;
pub mod update_queue;
pub mod uploads;

use domain::TenantId;

/// Another tenant, named after the first.
#[expect(clippy::panic, reason = "a builder's own names are valid")]
fn beside(tenant: &TenantId, suffix: impl std::fmt::Display) -> TenantId {
    TenantId::new(format!("{tenant}.{suffix}")).unwrap_or_else(|error| panic!("{error}"))
}
