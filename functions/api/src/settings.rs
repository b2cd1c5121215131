//! What the environment must say.

use boot::settings::Reader;
use domain::AddressPlace;
use domain::rate::Rate;
use webhooks::Guard;

/// Where everything is.
pub(crate) struct Settings {
    pub(crate) stage: String,
    pub(crate) database: AddressPlace,
    pub(crate) mongodb: AddressPlace,
    pub(crate) tasks_table: String,
    pub(crate) tickets_table: String,
    pub(crate) idempotency_table: String,
    pub(crate) lanes_table: String,
    pub(crate) results_bucket: String,
    pub(crate) uploads_bucket: String,
    pub(crate) task_queue_url: String,
    pub(crate) urgent_task_queue_url: String,
    /// Places in a tenant's lane; 0 where nobody counts them.
    pub(crate) tenant_concurrency: u32,
    /// None where tenants may submit any number.
    pub(crate) submission_rate: Option<Rate>,
    pub(crate) updates_queue_url: String,
    pub(crate) callbacks_queue_url: String,
    pub(crate) connections_table: String,
    pub(crate) pauses_table: String,
    pub(crate) pool_table: String,
    pub(crate) event_source: String,
    pub(crate) urgent_event_source: String,
    pub(crate) task_dlq_url: String,
    pub(crate) updates_dlq_url: String,
    pub(crate) callbacks_dlq_url: String,
    pub(crate) websocket_url: String,
    pub(crate) root_secret: String,
    pub(crate) guard: Guard,
}

impl Settings {
    /// Reads all of them.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            stage: reader.text_or("STAGE", "local"),
            database: reader.server(
                "DATABASE_URL",
                "DATABASE_SECRET",
                &["postgres", "postgresql"],
            ),
            mongodb: reader.server("MONGODB_URI", "MONGODB_SECRET", &["mongodb", "mongodb+srv"]),
            tasks_table: reader.text("TASKS_TABLE"),
            tickets_table: reader.text("TICKETS_TABLE"),
            idempotency_table: reader.text("IDEMPOTENCY_TABLE"),
            lanes_table: reader.text("LANES_TABLE"),
            results_bucket: reader.text("RESULTS_BUCKET"),
            uploads_bucket: reader.text("UPLOADS_BUCKET"),
            task_queue_url: reader.address("TASK_QUEUE_URL", &["https", "http"]),
            urgent_task_queue_url: reader.address("URGENT_TASK_QUEUE_URL", &["https", "http"]),
            // The template's default.
            tenant_concurrency: reader.count("TENANT_CONCURRENCY", 50, 0..=1_000),
            submission_rate: submission_rate(reader),
            updates_queue_url: reader.address("UPDATES_QUEUE_URL", &["https", "http"]),
            callbacks_queue_url: reader.address("CALLBACKS_QUEUE_URL", &["https", "http"]),
            connections_table: reader.text("CONNECTIONS_TABLE"),
            pauses_table: reader.text("PAUSES_TABLE"),
            pool_table: reader.text("POOL_TABLE"),
            event_source: reader.text("EVENT_SOURCE"),
            urgent_event_source: reader.text("URGENT_EVENT_SOURCE"),
            task_dlq_url: reader.address("TASK_DLQ_URL", &["https", "http"]),
            updates_dlq_url: reader.address("UPDATES_DLQ_URL", &["https", "http"]),
            callbacks_dlq_url: reader.address("CALLBACKS_DLQ_URL", &["https", "http"]),
            websocket_url: reader.address("WEBSOCKET_URL", &["wss", "ws"]),
            root_secret: reader.text("WEBHOOK_ROOT_SECRET"),
            guard: reader.parsed("CALLBACK_ALLOW"),
        }
    }
}

/// The defaults are the template's.
fn submission_rate(reader: &mut Reader<'_>) -> Option<Rate> {
    let per_minute = reader.count("SUBMISSIONS_PER_MINUTE", 600, 0..=1_000_000);
    let burst = reader.count("SUBMISSION_BURST", 1_000, 1..=1_000_000);
    (per_minute > 0).then_some(Rate { per_minute, burst })
}
