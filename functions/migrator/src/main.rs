//! Brings both databases to what a release needs: the tool `migrate`, where only a function reaches them.

mod handler;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use aws::Sdk;
use boot::settings::Reader;
use domain::AddressPlace;
use domain::ports::AddressSource;
use lambda_runtime::{Error, LambdaEvent};
use serde::de::IgnoredAny;
use stores::{mongo, postgres};

use crate::handler::{Answer, Failed, Made};

struct Settings {
    database: AddressPlace,
    mongodb: AddressPlace,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    let postgres = &["postgres", "postgresql"];
    let mongodb = &["mongodb", "mongodb+srv"];
    Settings {
        database: reader.server("DATABASE_URL", "DATABASE_SECRET", postgres),
        mongodb: reader.server("MONGODB_URI", "MONGODB_SECRET", mongodb),
    }
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let sdk = Sdk::load().await?;
    let database = aws::address::source(&sdk, settings.database);
    let mongodb = aws::address::source(&sdk, settings.mongodb);
    // What the event says does not matter: a person invokes the function.
    boot::serve(move |_: LambdaEvent<IgnoredAny>| migrate(database.clone(), mongodb.clone())).await
}

async fn migrate(
    database: Arc<dyn AddressSource>,
    mongodb: Arc<dyn AddressSource>,
) -> Result<Answer, Failed> {
    let started = Instant::now();
    // Both are tried, so that one run tells everything that is wrong.
    let (postgres, mongodb) = tokio::join!(migrate_postgres(&*database), migrate_mongo(&*mongodb));
    handler::tell(postgres, mongodb, started.elapsed().as_secs_f64() * 1_000.0)
}

async fn migrate_postgres(database: &dyn AddressSource) -> Made {
    let address = database.read().await?;
    Ok(postgres::migrate(address.as_str(), None).await?)
}

async fn migrate_mongo(mongodb: &dyn AddressSource) -> Made {
    let address = mongodb.read().await?;
    Ok(mongo::migrate(address.as_str()).await?)
}
