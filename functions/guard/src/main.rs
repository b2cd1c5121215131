//! Pauses submission of chosen kinds and tenants when a budget is spent or a spend alarm goes on.

mod handler;
mod notification;

use std::process::ExitCode;
use std::sync::Arc;

use app::GuardSpend;
use aws::Sdk;
use aws::dynamo::PauseTable;
use boot::SystemClock;
use boot::settings::Reader;
use domain::pause::Subjects;
use lambda_runtime::{Error, LambdaEvent};
use time::Duration;

use crate::handler::Guard;

struct Settings {
    pauses_table: String,
    subjects: Subjects,
    hours: u32,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    Settings {
        pauses_table: reader.text("PAUSES_TABLE"),
        subjects: reader.parsed("SPEND_GUARD_PAUSES"),
        // The template's default; a month at most.
        hours: reader.count("SPEND_GUARD_HOURS", 24, 1..=744),
    }
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let guard = Arc::new(wire(&Sdk::load().await?, settings));
    let answer = move |event: LambdaEvent<_>| {
        let guard = Arc::clone(&guard);
        async move { guard.handle(event.payload).await }
    };
    boot::serve(answer).await
}

fn wire(sdk: &Sdk, settings: Settings) -> Guard {
    let pauses = PauseTable::new(sdk, settings.pauses_table, Arc::new(SystemClock));
    Guard {
        guard: GuardSpend {
            pauses: Arc::new(pauses),
            subjects: settings.subjects.0,
            longest: Duration::hours(settings.hours.into()),
        },
    }
}
