//! What is told of a subject.

use std::time::Duration;

use serde_json::{Value, json};

use crate::measure::{Start, Warm};
use crate::plan::Subject;

/// The figures of one subject: times in milliseconds, sizes in bytes.
pub(crate) fn of(subject: &Subject, starts: &[Start], warm: &[Warm]) -> Value {
    let firsts: Vec<_> = starts.iter().filter_map(|start| start.first).collect();
    json!({
        "name": subject.name,
        "job": subject.job,
        "init_ms": spread(starts.iter().map(|start| start.init).collect()),
        "first_ms": spread(firsts),
        "start_resident_bytes": starts.iter().filter_map(|start| start.resident).max(),
        "warm": warm.iter().map(of_warm).collect::<Vec<_>>(),
    })
}

fn of_warm(warm: &Warm) -> Value {
    let count = warm.invocations.len();
    let each = |all: Duration| ms(all) / as_float(count);
    json!({
        "at_once": warm.at_once,
        "invocations": count,
        "ms": spread(warm.invocations.clone()),
        "per_second": as_float(count) / warm.elapsed.as_secs_f64(),
        "processor_ms": warm.processor.map(each),
        "resident_bytes": warm.resident,
    })
}

/// Nothing of nothing.
fn spread(mut times: Vec<Duration>) -> Option<Value> {
    times.sort_unstable();
    let (least, most) = (*times.first()?, *times.last()?);
    Some(json!({
        "min": ms(least),
        "p50": ms(percentile(&times, 50)?),
        "p99": ms(percentile(&times, 99)?),
        "max": ms(most),
    }))
}

/// By nearest rank: the least of the sorted times that at least so many of a hundred do not exceed.
fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn as_float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let times: Vec<_> = (1..=10).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 50), Some(Duration::from_millis(5)));
        assert_eq!(percentile(&times, 99), Some(Duration::from_millis(10)));
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn a_spread_needs_no_order() {
        let times = [3, 1, 2].map(Duration::from_millis).to_vec();
        let expected = json!({"min": 1.0, "p50": 2.0, "p99": 3.0, "max": 3.0});
        assert_eq!(spread(times), Some(expected));
        assert_eq!(spread(vec![]), None);
    }
}
