//! One file per endpoint: what it takes and answers, its handler, its errors, its tests.

pub(crate) mod cancel_task;
pub(crate) mod get_connections;
pub(crate) mod get_dashboard;
pub(crate) mod get_health;
pub(crate) mod get_logs;
pub(crate) mod get_openapi;
pub(crate) mod get_report;
pub(crate) mod get_result;
pub(crate) mod get_system;
pub(crate) mod get_task;
pub(crate) mod get_time_series;
pub(crate) mod get_webhook_secret;
pub(crate) mod issue_ticket;
pub(crate) mod list_dead_letters;
pub(crate) mod list_kinds;
pub(crate) mod list_reports;
pub(crate) mod list_tasks;
pub(crate) mod post_broadcast;
pub(crate) mod post_events;
pub(crate) mod post_notify;
pub(crate) mod post_upload;
pub(crate) mod redrive_dead_letters;
pub(crate) mod retry_task;
pub(crate) mod submit_batch;
pub(crate) mod submit_task;

mod page;
mod task_id;
mod task_request;
