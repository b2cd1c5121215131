//! The lines that come out.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests stop at what is not as it should be"
)]

mod laws;
mod limits;
mod shapes;
mod specification;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use emf::{Flushed, Metrics};

fn noon() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_700_000_000_123)
}

/// Flushes, and gives the lines after checking each against the specification.
fn lines(metrics: &Metrics) -> (Vec<String>, Flushed) {
    let mut text = Vec::new();
    let flushed = metrics
        .flush(noon(), &mut text)
        .expect("a vector takes everything");
    let text = String::from_utf8(text).expect("UTF-8");
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), flushed.lines);
    for line in &lines {
        specification::check(line);
    }
    (lines, flushed)
}
