//! How long questions take beside many events: `cargo run --release -p stores --example many_events --
//! 1000000` with `MONGODB_URI` set. Loads that many log lines and requests for a tenant of its own,
//! asks for log pages of 100 and the dashboard's means (median and slowest of 20), 10,000 texts, figures over time (a first
//! and a second look) and some aggregates (once), and removes what it has loaded.
//!
//! `-- 1000000 keep` is for the part `queries` of `make bench`: it rolls up as a sweep does, a minute after the
//! load, asks for the means again, leaves everything there, and ends with a line of JSON that names the tenant and the range.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]
#![expect(clippy::cast_precision_loss, reason = "counts are small")]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bson::{Document, doc};
use domain::aggregate::{AggregateQuery, Bucket, GroupBy, Only};
use domain::event::{Log, Request, What};
use domain::logs::{Lines, LogQuery, StatusFilter};
use domain::ports::{
    Aggregation, Clock, EventLog, LogSearch, ResponseTimes, RollUps, Texts, TimeSeries,
};
use domain::series::{SeriesQuery, Span};
use domain::texts::{TextQuery, TextSource};
use domain::{Event, TenantId, Window};
use futures::stream::{self, StreamExt, TryStreamExt};
use serde_json::json;
use stores::mongo::{self, Events};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Events in one batch, as `POST /events` takes them.
const BATCH: usize = 1_000;
const ROUNDS: usize = 20;
/// An append may be going on for a minute (docs/timeseries.md).
const SETTLED: Duration = Duration::from_secs(62);
/// As many as one run of the sweep looks up (`app::sweep::MOST_HOURS`).
const MOST_HOURS: usize = 5_000;
/// The events are spread over this long.
const SPAN: Duration = Duration::from_hours(30 * 24);

struct Now;

impl Clock for Now {
    fn now(&self) -> OffsetDateTime {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        OffsetDateTime::now_utc()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::args().nth(1);
    let count: usize = given.map_or(Ok(100_000), |text| text.parse())?;
    let uri = std::env::var("MONGODB_URI")?;
    mongo::migrate(&uri).await?;
    let events = mongo::connect(&uri, Arc::new(Now)).await?;
    let end = Now.now();
    let tenant = TenantId::new(format!("bench-{}", end.unix_timestamp()))?;
    let started = Instant::now();
    load(&events, &tenant, count, end).await?;
    let seconds = started.elapsed().as_secs_f64();
    println!("{tenant}: {count} events in {seconds:.1} s");
    for (name, query) in queries(end) {
        measure(&events, &tenant, name, &query).await?;
    }
    means(&events, &tenant, end).await?;
    for (source, field) in [(TextSource::Logs, "message"), (TextSource::Events, "path")] {
        let query = TextQuery {
            source,
            field: field.into(),
            from: None,
            to: None,
            service: None,
            level: None,
            contains: None,
            limit: 10_000,
            most_bytes: usize::MAX,
        };
        let begun = Instant::now();
        let found = events.find(&tenant, &query).await?.texts.len();
        let ms = begun.elapsed().as_secs_f64() * 1e3;
        println!("newest texts of {source:?}: {found} in {ms:.1} ms");
    }
    if std::env::args().nth(2).is_some_and(|word| word == "keep") {
        tokio::time::sleep(SETTLED).await;
        sweep(&events, &tenant).await?;
        means(&events, &tenant, end).await?;
        look_twice(&events, &tenant, end).await?;
        let from = (end - SPAN).format(&Rfc3339)?;
        let range = json!({"tenant": tenant.as_str(), "from": from, "to": end.format(&Rfc3339)?});
        println!("{range}");
        return Ok(());
    }
    look_twice(&events.clone().settled_after(Duration::ZERO), &tenant, end).await?;
    for group_by in [
        &[][..],
        &[GroupBy::Service],
        &[GroupBy::Route, GroupBy::StatusClass],
        &[GroupBy::User],
    ] {
        let query = AggregateQuery {
            group_by: group_by.to_vec(),
            bucket: Bucket::Hour,
            from: None,
            to: None,
            only: Only::default(),
            limit: 10,
        };
        let begun = Instant::now();
        let rows = events.aggregate(&tenant, &query).await?.len();
        println!(
            "aggregate by {group_by:?}: {rows} rows in {:.1} s",
            begun.elapsed().as_secs_f64()
        );
    }
    let client = mongodb::Client::with_uri_str(&uri).await?;
    let database = client.default_database();
    let database = database.unwrap_or_else(|| client.database("adology"));
    let ours = doc! { "tenant": tenant.as_str() };
    for name in ["events", "rollups", "touched"] {
        let collection = database.collection::<Document>(name);
        collection.delete_many(ours.clone()).await?;
    }
    Ok(())
}

/// What the sweeper does each minute, without a limit to its time.
async fn sweep(events: &Events, tenant: &TenantId) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let mut outdated = events.outdated(MOST_HOURS).await?;
    outdated.retain(|of| of.tenant == *tenant);
    for of in &outdated {
        events.roll_up(of).await?;
    }
    let hours: usize = outdated.iter().map(|of| of.hours.len()).sum();
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "rolled up {hours} hours of {} days in {seconds:.1} s",
        outdated.len()
    );
    Ok(())
}

/// The mean over the dashboard's windows: median and slowest.
async fn means(
    events: &Events,
    tenant: &TenantId,
    end: OffsetDateTime,
) -> Result<(), Box<dyn Error>> {
    for name in Window::NAMES {
        let window: Window = name.parse()?;
        let (mean, median, slowest) =
            timed(async || events.mean(tenant, window.start(end)).await).await?;
        println!("mean of {name:<4} {mean:?}, median {median:.1} ms, slowest {slowest:.1} ms");
    }
    Ok(())
}

/// Nothing is appended any more, so everything is kept at the first look.
async fn look_twice(
    events: &Events,
    tenant: &TenantId,
    end: OffsetDateTime,
) -> Result<(), Box<dyn Error>> {
    for (bucket, by_service) in [
        (Bucket::Hour, false),
        (Bucket::Hour, true),
        (Bucket::Day, false),
        (Bucket::Day, true),
    ] {
        let query = SeriesQuery {
            span: Span::covering(bucket, end - SPAN, end)?,
            by_service,
            most_rows: 100_000,
        };
        let mut seconds = vec![];
        let mut rows = 0;
        for _ in 0..2 {
            let begun = Instant::now();
            let mut found = events.rows(tenant, &query).await;
            // One that took too long has kept what it had, and the next goes on from there.
            for _ in 0..20 {
                if let Err(error) = &found {
                    println!("{error}, again");
                    found = events.rows(tenant, &query).await;
                }
            }
            rows = found?.len();
            seconds.push(begun.elapsed().as_secs_f64());
        }
        let by = if by_service { " by service" } else { "" };
        println!(
            "series of {} {bucket:?}s{by}: {rows} rows, first {:.2} s, second {:.3} s",
            query.span.count(),
            seconds[0],
            seconds[1]
        );
    }
    Ok(())
}

async fn load(
    events: &Events,
    tenant: &TenantId,
    count: usize,
    end: OffsetDateTime,
) -> Result<(), Box<dyn Error>> {
    let batches = (0..count).step_by(BATCH).map(|from| {
        let batch = from..(from + BATCH).min(count);
        batch.map(|n| event(n, count, end)).collect::<Vec<_>>()
    });
    let append = async |batch: Vec<Event>| events.append(tenant, &batch).await.map(drop);
    let mut appending = stream::iter(batches).map(append).buffer_unordered(4);
    while appending.try_next().await?.is_some() {}
    Ok(())
}

async fn measure(
    events: &Events,
    tenant: &TenantId,
    name: &str,
    query: &LogQuery,
) -> Result<(), Box<dyn Error>> {
    let (page, median, slowest) = timed(async || events.lines(tenant, query).await).await?;
    let lines = page.items.len();
    println!("{name:<24} {lines:>4} lines, median {median:>6.1} ms, slowest {slowest:>6.1} ms");
    Ok(())
}

/// The last answer, and the median and the slowest of all rounds in ms.
async fn timed<T, E>(ask: impl AsyncFn() -> Result<T, E>) -> Result<(T, f64, f64), E> {
    let mut times = vec![];
    loop {
        let begun = Instant::now();
        let answer = ask().await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        if times.len() == ROUNDS {
            times.sort_unstable_by(f64::total_cmp);
            return Ok((answer, times[ROUNDS / 2], times[ROUNDS - 1]));
        }
    }
}

fn queries(end: OffsetDateTime) -> Vec<(&'static str, LogQuery)> {
    let logs = |level: Option<&str>| LogQuery {
        lines: Lines::Logs {
            level: level.map(str::to_owned),
        },
        service: None,
        text: None,
        from: None,
        to: None,
        after: None,
        limit: 100,
    };
    let text = |text: &str| LogQuery {
        text: Some(text.to_owned()),
        ..logs(None)
    };
    let requests = |status| LogQuery {
        lines: Lines::Requests { status },
        ..logs(None)
    };
    let middle = LogQuery {
        to: Some(end - SPAN / 2),
        ..logs(None)
    };
    let service = LogQuery {
        service: Some("service-2".into()),
        ..logs(None)
    };
    let failed = requests(Some(StatusFilter::Class(5)));
    vec![
        ("newest logs", logs(None)),
        ("newest requests", requests(None)),
        ("from the middle", middle),
        ("level (1 of 10)", logs(Some("error"))),
        ("service (1 of 4)", service),
        ("status 5xx (1 of 50)", failed),
        ("text in 1 of 10", text("Timed out")),
        ("text in none", text("no such words")),
    ]
}

/// The n-th of many, spread evenly over the time before `end`.
fn event(n: usize, count: usize, end: OffsetDateTime) -> Event {
    let back = SPAN.mul_f64((count - n) as f64 / count as f64);
    let service = format!("service-{}", n % 8);
    let extra = serde_json::Map::new();
    let failed = n.is_multiple_of(20);
    let what = if n.is_multiple_of(2) {
        let outcome = if failed { "timed out" } else { "answered" };
        What::Log(Log {
            service,
            level: if failed { "error" } else { "info" }.into(),
            message: format!("[request {n:08}] call {outcome} after {} ms", n % 977),
            extra,
        })
    } else {
        What::Request(Request {
            service,
            user: Some(format!("user-{}", n % 5_000)),
            method: "GET".into(),
            path: format!("/v2/items/{}", n % 700),
            status: if n % 100 == 1 { 503 } else { 200 },
            bytes: Some(1_893),
            response_time_ms: (n % 1_000) as f64 / 3.0,
            extra,
        })
    };
    Event {
        id: format!("e{n}"),
        at: end - back,
        what,
    }
}
