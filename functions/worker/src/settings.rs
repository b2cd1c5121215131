//! What a worker has to be told.

use boot::CaptureSettings;
use boot::settings::Reader;
use domain::AddressPlace;
use tasks::Provider;

use crate::model;

/// Where everything is that a worker works with.
pub struct Settings {
    /// The deployment's name.
    pub stage: String,
    /// How failed records are captured, where they are.
    pub capture: Option<CaptureSettings>,
    pub(crate) database: AddressPlace,
    pub(crate) mongodb: AddressPlace,
    pub(crate) tasks_table: String,
    pub(crate) lanes_table: String,
    pub(crate) results_bucket: String,
    pub(crate) uploads_bucket: String,
    /// URL of the queue of tasks.
    pub task_queue: String,
    /// URL of the queue of urgent tasks.
    pub urgent_task_queue: String,
    pub(crate) task_dlq: String,
    pub(crate) updates_queue: String,
    pub(crate) tenant_concurrency: u32,
    pub(crate) callbacks_queue: String,
    pub(crate) provider: Provider,
    pub(crate) model: Option<model::Settings>,
}

impl Settings {
    /// Reads them from the environment.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            stage: reader.text_or("STAGE", "local"),
            capture: CaptureSettings::read(reader),
            database: reader.server(
                "DATABASE_URL",
                "DATABASE_SECRET",
                &["postgres", "postgresql"],
            ),
            mongodb: reader.server("MONGODB_URI", "MONGODB_SECRET", &["mongodb", "mongodb+srv"]),
            tasks_table: reader.text("TASKS_TABLE"),
            lanes_table: reader.text("LANES_TABLE"),
            results_bucket: reader.text("RESULTS_BUCKET"),
            uploads_bucket: reader.text("UPLOADS_BUCKET"),
            task_queue: reader.address("TASK_QUEUE_URL", &["https", "http"]),
            urgent_task_queue: reader.address("URGENT_TASK_QUEUE_URL", &["https", "http"]),
            task_dlq: reader.address("TASK_DLQ_URL", &["https", "http"]),
            updates_queue: reader.address("UPDATES_QUEUE_URL", &["https", "http"]),
            // The template's default.
            tenant_concurrency: reader.count("TENANT_CONCURRENCY", 50, 0..=1_000),
            callbacks_queue: reader.address("CALLBACKS_QUEUE_URL", &["https", "http"]),
            provider: model::provider(reader),
            model: model::Settings::read(reader),
        }
    }
}
