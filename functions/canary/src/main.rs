//! Makes a round trip every few minutes as a browser does, and tells how that went.

mod handler;

use std::process::ExitCode;
use std::sync::Arc;

use aws::Sdk;
use aws::secrets::SecretText;
use boot::SystemClock;
use boot::settings::Reader;
use lambda_runtime::{Error, LambdaEvent};
use metrics::Meter;
use probe::{Probe, Target};

use crate::handler::Canary;

struct Settings {
    stage: String,
    secret: String,
    target: Target,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    Settings {
        stage: reader.text_or("STAGE", "local"),
        secret: reader.text("CANARY_SECRET"),
        target: Target {
            http_url: reader.address("HTTP_URL", &["https", "http"]),
            sign_in_url: reader.address("SIGN_IN_URL", &["https", "http"]),
            client_id: reader.text("USER_POOL_CLIENT_ID"),
        },
    }
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let meter = Meter::new(&settings.stage, "canary", Arc::new(SystemClock))?;
    let canary = Arc::new(Canary {
        login: Arc::new(SecretText::new(&Sdk::load().await?, settings.secret)),
        probe: Probe::new(settings.target)?,
        meter: meter.clone(),
    });
    let fly = move |tick: LambdaEvent<_>| {
        let (meter, canary) = (meter.clone(), Arc::clone(&canary));
        async move { meter.around(canary.handle(tick.payload)).await }
    };
    boot::serve(fly).await
}
