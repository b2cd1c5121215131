//! What the environment must say.

use boot::settings::Reader;
use webhooks::Guard;

/// Where everything is.
pub(crate) struct Settings {
    pub(crate) stage: String,
    pub(crate) database_url: String,
    pub(crate) mongodb_uri: String,
    pub(crate) tasks_table: String,
    pub(crate) tickets_table: String,
    pub(crate) idempotency_table: String,
    pub(crate) results_bucket: String,
    pub(crate) task_queue_url: String,
    pub(crate) updates_queue_url: String,
    pub(crate) callbacks_queue_url: String,
    pub(crate) websocket_url: String,
    pub(crate) root_secret: String,
    pub(crate) guard: Guard,
}

impl Settings {
    /// Reads all of them.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            stage: reader.text_or("STAGE", "local"),
            database_url: reader.address("DATABASE_URL", &["postgres", "postgresql"]),
            mongodb_uri: reader.address("MONGODB_URI", &["mongodb", "mongodb+srv"]),
            tasks_table: reader.text("TASKS_TABLE"),
            tickets_table: reader.text("TICKETS_TABLE"),
            idempotency_table: reader.text("IDEMPOTENCY_TABLE"),
            results_bucket: reader.text("RESULTS_BUCKET"),
            task_queue_url: reader.address("TASK_QUEUE_URL", &["https", "http"]),
            updates_queue_url: reader.address("UPDATES_QUEUE_URL", &["https", "http"]),
            callbacks_queue_url: reader.address("CALLBACKS_QUEUE_URL", &["https", "http"]),
            websocket_url: reader.address("WEBSOCKET_URL", &["wss", "ws"]),
            root_secret: reader.text("WEBHOOK_ROOT_SECRET"),
            guard: reader.parsed("CALLBACK_ALLOW"),
        }
    }
}
