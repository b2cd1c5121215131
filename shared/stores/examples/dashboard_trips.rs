//! The bare round trips below `GET /dashboard`, which no function can be faster than:
//! `dashboard_trips TENANT ROUNDS`, with `DATABASE_URL` and `MONGODB_URI` set. One line of JSON: each of
//! the two alone, and both at once as the function asks them; the median and the slowest of a hundred, in ms.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::TenantId;
use domain::ports::{ActivityStore, Clock, PortError, ResponseTimes};
use serde_json::{Value, json};
use stores::{mongo, postgres};
use time::OffsetDateTime;

/// The window of the dashboard when none is asked for.
const WINDOW: Duration = Duration::from_hours(24);

/// Rounds that are not counted.
const WARM_UP: usize = 50;

struct Now;

impl Clock for Now {
    fn now(&self) -> OffsetDateTime {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        OffsetDateTime::now_utc()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut given = std::env::args().skip(1);
    let tenant = TenantId::new(given.next().unwrap_or_default())?;
    let rounds: usize = given.next().unwrap_or_default().parse()?;
    let activity = postgres::connect(&std::env::var("DATABASE_URL")?, None)?;
    let events = mongo::connect(&std::env::var("MONGODB_URI")?, Arc::new(Now)).await?;
    let counts = async || activity.counts(&tenant, Now.now()).await.map(drop);
    let mean = async || {
        let from = Now.now() - WINDOW;
        events.mean(&tenant, Some(from)).await.map(drop)
    };
    let both = async || tokio::try_join!(counts(), mean()).map(drop);
    let figures = json!({
        "postgres_ms": measure(rounds, &counts).await?,
        "mongodb_ms": measure(rounds, &mean).await?,
        "both_ms": measure(rounds, &both).await?,
    });
    println!("{figures}");
    Ok(())
}

async fn measure(
    rounds: usize,
    ask: &impl AsyncFn() -> Result<(), PortError>,
) -> Result<Value, PortError> {
    for _ in 0..WARM_UP {
        ask().await?;
    }
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let begun = Instant::now();
        ask().await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_unstable_by(f64::total_cmp);
    let at = |percent: usize| times[(rounds * percent).div_ceil(100).max(1) - 1];
    Ok(json!({ "p50": at(50), "p99": at(99) }))
}
