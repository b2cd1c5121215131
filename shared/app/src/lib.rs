//! Use cases, one file each.
//!
//! A use case is a struct that holds the ports it needs and has one method, `run`. Functions build
//! it once from their adapters and call it for every event. Nothing here knows who calls: how an
//! error becomes an HTTP status or a frame is decided at the edges.

pub mod announce;
pub mod announce_change;
pub mod answer_frame;
pub mod cancel_task;
pub mod check_health;
pub mod close_connection;
pub mod compute;
pub mod count_connections;
pub mod count_messages;
pub mod dead_letters;
pub mod deliver_callback;
pub mod gate;
pub mod get_report;
pub mod get_result;
pub mod get_task;
pub mod guard_spend;
pub mod hang_up;
pub mod ingest_events;
pub mod issue_ticket;
pub mod list_reports;
pub mod list_tasks;
pub mod offer_upload;
pub mod open_connection;
pub mod pause_check;
pub mod push_broadcast;
pub mod push_posting;
pub mod push_updates;
pub mod read_dashboard;
pub mod read_series;
pub mod read_system;
pub mod redrive_task;
pub mod replay_tasks;
pub mod report_task;
pub mod retry_task;
pub mod run_task;
pub mod search_logs;
pub mod send_broadcast;
pub mod share_load;
pub mod submit_batch;
pub mod submit_task;
pub mod sweep;
pub mod tail_logs;
pub mod tell_cost;
pub mod tell_operators;
pub mod webhook_secrets;

mod change_task;
mod charges;
mod courier;
mod digest;
mod show_result;

pub use announce_change::AnnounceChange;
pub use answer_frame::AnswerFrame;
pub use cancel_task::CancelTask;
pub use check_health::CheckHealth;
pub use close_connection::CloseConnection;
pub use compute::Compute;
pub use count_connections::CountConnections;
pub use count_messages::CountMessages;
pub use dead_letters::{LookAtDeadLetters, RedriveDeadLetters, RedriveLetter};
pub use deliver_callback::DeliverCallback;
pub use gate::Gate;
pub use get_report::GetReport;
pub use get_result::GetResult;
pub use get_task::GetTask;
pub use guard_spend::GuardSpend;
pub use hang_up::HangUp;
pub use ingest_events::IngestEvents;
pub use issue_ticket::IssueTicket;
pub use list_reports::ListReports;
pub use list_tasks::ListTasks;
pub use offer_upload::OfferUpload;
pub use open_connection::OpenConnection;
pub use pause_check::PauseCheck;
pub use push_broadcast::PushBroadcast;
pub use push_posting::PushPosting;
pub use push_updates::PushUpdates;
pub use read_dashboard::ReadDashboard;
pub use read_series::ReadSeries;
pub use read_system::ReadSystem;
pub use redrive_task::RedriveTask;
pub use replay_tasks::ReplayTasks;
pub use report_task::ReportTask;
pub use retry_task::RetryTask;
pub use run_task::RunTask;
pub use search_logs::SearchLogs;
pub use send_broadcast::SendBroadcast;
pub use share_load::ShareLoad;
pub use submit_batch::SubmitBatch;
pub use submit_task::SubmitTask;
pub use sweep::Sweep;
pub use tail_logs::TailLogs;
pub use tell_operators::TellOperators;
pub use webhook_secrets::WebhookSecrets;

use time::Duration;

/// How long a link to a stored result works. Long enough to fetch it, short enough that a leaked
/// one is soon worthless.
pub const LINK_LIFETIME: Duration = Duration::minutes(15);
