//! The WebSocket routes: connect, disconnect and client frames.

mod answer;
mod connect;
mod disconnect;
mod handler;
mod message;
mod state;

#[cfg(test)]
mod sample_events;
#[cfg(test)]
mod scene;

use std::process::ExitCode;
use std::sync::Arc;

use app::{AnswerFrame, CloseConnection, OpenConnection};
use aws::Sdk;
use aws::dynamo::{Connections, Tickets};
use boot::SystemClock;
use boot::settings::Reader;
use lambda_runtime::{Error, service_fn};

use crate::handler::handle;
use crate::state::App;

struct Settings {
    connections_table: String,
    tickets_table: String,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    Settings {
        connections_table: reader.text("CONNECTIONS_TABLE"),
        tickets_table: reader.text("TICKETS_TABLE"),
    }
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let app = wire(&Sdk::load().await?, settings);
    lambda_runtime::run(service_fn(|event| handle(&app, event))).await
}

fn wire(sdk: &Sdk, settings: Settings) -> App {
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
        answer_frame: AnswerFrame { connections, clock },
    }
}
