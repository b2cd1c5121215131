//! What is logged, and whose.

use std::panic::PanicHookInfo;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, registry};

use crate::SystemClock;
use crate::lines::{Lines, SUMMARY};
use crate::settings::Reader;

/// Our own crates. Others log whole requests at finer levels, tickets and tokens included, so of
/// theirs only warnings are let through.
const OURS: &[&str] = &[
    "api",
    "app",
    "aws",
    "boot",
    "callback",
    "domain",
    "metrics",
    "pool",
    "pusher",
    "stores",
    "sweeper",
    "tasks",
    "websocket",
    "wire",
    "worker",
];

/// Reads the least severe level to log.
pub(crate) fn level(reader: &mut Reader<'_>) -> Level {
    let levels = [
        ("info", Level::INFO),
        ("error", Level::ERROR),
        ("warn", Level::WARN),
        ("debug", Level::DEBUG),
        ("trace", Level::TRACE),
    ];
    reader.choice("LOG_LEVEL", &levels).unwrap_or(Level::INFO)
}

/// Sets logging up for the process, panics included.
pub(crate) fn set_up(level: Level) {
    let lines = Lines::new(std::io::stdout, Arc::new(SystemClock))
        .with_filter(filter_fn(move |metadata| is_wanted(metadata, level)));
    let lines = lines.with_filter(LevelFilter::from_level(level));
    // Another subscriber is there only in tests, which keep theirs.
    let _ = tracing::subscriber::set_global_default(registry().with(lines));
    std::panic::set_hook(Box::new(log_panic));
}

/// Repeats an invocation's failure or panic, which the invocation's own line tells.
const REPEATED: &str = "lambda_runtime::layers::panic";

fn is_wanted(metadata: &Metadata<'_>, level: Level) -> bool {
    let origin = metadata.target().split("::").next().unwrap_or_default();
    let limit = if OURS.contains(&origin) || origin == SUMMARY {
        level
    } else {
        level.min(Level::WARN)
    };
    metadata.level() <= &limit && metadata.target() != REPEATED
}

/// What panicked may hold a tenant's data, which belongs into our log but into nobody's answer.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string);
    let message = panic.payload_as_str().unwrap_or("a value that is no text");
    tracing::error!(
        panic.message = message,
        panic.location = location,
        "panicked"
    );
}
