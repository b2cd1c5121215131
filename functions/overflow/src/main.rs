//! Has Lambda take, every minute anew, what the pool does not manage.

mod handler;

use std::process::ExitCode;
use std::sync::Arc;

use app::ShareLoad;
use aws::Sdk;
use aws::dynamo::Heartbeats;
use aws::event_sources::EventSourceMappings;
use aws::sqs::{QueueGauges, QueueUrls};
use boot::SystemClock;
use boot::settings::Reader;
use domain::overflow::Patience;
use lambda_runtime::{Error, LambdaEvent};
use metrics::Meter;
use time::Duration;

use crate::handler::Overflow;

struct Settings {
    stage: String,
    pool_table: String,
    task_queue_url: String,
    urgent_task_queue_url: String,
    event_source: String,
    urgent_event_source: String,
    patience: Patience,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    Settings {
        stage: reader.text_or("STAGE", "local"),
        pool_table: reader.text("POOL_TABLE"),
        task_queue_url: reader.address("TASK_QUEUE_URL", &["https", "http"]),
        urgent_task_queue_url: reader.address("URGENT_TASK_QUEUE_URL", &["https", "http"]),
        event_source: reader.text("EVENT_SOURCE"),
        urgent_event_source: reader.text("URGENT_EVENT_SOURCE"),
        // The template's defaults.
        patience: Patience {
            after: seconds(reader.count("OVERFLOW_AFTER_SECONDS", 60, 1..=3_600)),
            calm: seconds(reader.count("OVERFLOW_CALM_SECONDS", 180, 0..=86_400)),
        },
    }
}

fn seconds(count: u32) -> Duration {
    Duration::seconds(count.into())
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let meter = Meter::new(&settings.stage, "overflow", Arc::new(SystemClock))?;
    let overflow = Arc::new(wire(&Sdk::load().await?, settings, &meter)?);
    let decide = move |tick: LambdaEvent<_>| {
        let (meter, overflow) = (meter.clone(), Arc::clone(&overflow));
        async move { meter.around(overflow.handle(tick.payload)).await }
    };
    boot::serve(decide).await
}

fn wire(sdk: &Sdk, settings: Settings, meter: &Meter) -> Result<Overflow, Error> {
    let clock = Arc::new(SystemClock);
    let sources = [settings.event_source, settings.urgent_event_source];
    let queues = QueueUrls {
        work: settings.task_queue_url,
        urgent: settings.urgent_task_queue_url,
        ..QueueUrls::default()
    };
    Ok(Overflow {
        meter: meter.clone(),
        share: ShareLoad {
            heartbeats: Arc::new(Heartbeats::new(sdk, settings.pool_table, clock.clone())),
            queues: Arc::new(QueueGauges::new(sdk, queues)),
            sources: Arc::new(EventSourceMappings::new(sdk, sources)?),
            clock,
            patience: settings.patience,
        },
    })
}
