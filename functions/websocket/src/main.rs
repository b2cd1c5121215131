//! The WebSocket routes: connect, disconnect and client frames.

mod answer;
mod connect;
mod disconnect;
mod handler;
mod message;
mod state;
mod subprotocol;

#[cfg(test)]
mod sample_events;
#[cfg(test)]
mod scene;

use std::process::ExitCode;
use std::sync::Arc;

use app::{AnswerFrame, CloseConnection, OpenConnection};
use aws::Sdk;
use aws::dynamo::{Connections, Tasks, Tickets};
use aws::sqs::UpdateSender;
use boot::settings::Reader;
use boot::{OsEntropy, SystemClock};
use domain::Pace;
use lambda_runtime::{Error, service_fn};
use metrics::Meter;

use crate::handler::handle;
use crate::state::App;

struct Settings {
    stage: String,
    connections_table: String,
    tasks_table: String,
    tickets_table: String,
    updates_queue: String,
    pace: Pace,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    Settings {
        stage: reader.text_or("STAGE", "local"),
        connections_table: reader.text("CONNECTIONS_TABLE"),
        tasks_table: reader.text("TASKS_TABLE"),
        tickets_table: reader.text("TICKETS_TABLE"),
        updates_queue: reader.address("UPDATES_QUEUE_URL", &["https", "http"]),
        pace: read_pace(reader),
    }
}

fn read_pace(reader: &mut Reader<'_>) -> Pace {
    let default = Pace::default();
    Pace {
        per_second: reader.count("FRAMES_PER_SECOND", default.per_second, 1..=1_000),
        burst: reader.count("FRAME_BURST", default.burst, 1..=10_000),
    }
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let meter = Meter::new(&settings.stage, "websocket", Arc::new(SystemClock))?;
    let app = Arc::new(wire(&Sdk::load().await?, settings, &meter));
    let answer = move |event| {
        let (meter, app) = (meter.clone(), Arc::clone(&app));
        async move { meter.around(handle(&app, event)).await }
    };
    lambda_runtime::run_concurrent(service_fn(answer)).await
}

fn wire(sdk: &Sdk, settings: Settings, meter: &Meter) -> App {
    let connections = Arc::new(Connections::new(sdk, settings.connections_table));
    let clock = Arc::new(SystemClock);
    App {
        open_connection: OpenConnection {
            tickets: Arc::new(Tickets::new(sdk, settings.tickets_table)),
            connections: connections.clone(),
            clock: clock.clone(),
        },
        close_connection: CloseConnection {
            connections: connections.clone(),
        },
        answer_frame: AnswerFrame {
            meter: connections.clone(),
            pace: settings.pace,
            subscriptions: connections,
            tasks: Arc::new(Tasks::new(sdk, settings.tasks_table, clock.clone())),
            pusher: Arc::new(UpdateSender::new(sdk, settings.updates_queue)),
            clock,
        },
        meter: meter.clone(),
        entropy: Arc::new(OsEntropy),
    }
}
