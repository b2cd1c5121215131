//! Functions' own log lines, one for each invocation (ARCHITECTURE.md, "What a log tells").

use aws_call::{CallError, Caller, Service};
use serde_json::{Value, json};

use crate::metrics::Span;

/// What every such line has.
const ANY: &str = "\"faas.invocation_id\"";
/// What those of cold starts have. A dot stands for the quotation mark, which patterns cannot hold.
const COLD: &str = "%faas.coldstart.:true%";

/// What a function's lines tell of its invocations.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Told {
    pub(super) calls: f64,
    pub(super) errors: f64,
    pub(super) p95_ms: Option<f64>,
    pub(super) cold: f64,
}

/// All that they tell. A page of the log holds 10,000 lines: more are not looked at.
pub(super) async fn told(caller: &Caller, function: &str, span: Span) -> Result<Told, CallError> {
    lines(caller, function, ANY, span)
        .await
        .map(|lines| read(&lines))
}

/// How many are of cold starts.
pub(super) async fn cold_starts(
    caller: &Caller,
    function: &str,
    span: Span,
) -> Result<f64, CallError> {
    let lines = lines(caller, function, COLD, span).await?;
    Ok(count(lines.len()))
}

async fn lines(
    caller: &Caller,
    function: &str,
    pattern: &str,
    (from, to): Span,
) -> Result<Vec<Value>, CallError> {
    let body = json!({
        "logGroupName": format!("/aws/lambda/{function}"),
        "filterPattern": pattern,
        "startTime": from.unix_timestamp() * 1_000,
        "endTime": to.unix_timestamp() * 1_000,
    });
    let answer = caller.json(Service::LOGS, "FilterLogEvents", &body).await?;
    let events = answer["events"].as_array().into_iter().flatten();
    let lines = events.filter_map(|event| serde_json::from_str(event["message"].as_str()?).ok());
    Ok(lines.collect())
}

fn read(lines: &[Value]) -> Told {
    let mut durations: Vec<_> = lines
        .iter()
        .filter_map(|line| line["duration_ms"].as_f64())
        .collect();
    durations.sort_by(f64::total_cmp);
    let of = |is: fn(&Value) -> bool| count(lines.iter().filter(|line| is(line)).count());
    Told {
        calls: count(lines.len()),
        errors: of(|line| line["level"] == "ERROR"),
        // By nearest rank.
        p95_ms: durations
            .get((durations.len() * 95).div_ceil(100).saturating_sub(1))
            .copied(),
        cold: of(|line| line["faas.coldstart"] == true),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a page of a log")]
fn count(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_tell_what_the_emulator_does_not_measure() {
        let mut lines: Vec<_> = (1..=20)
            .map(
                |n| json!({"duration_ms": f64::from(n), "level": "INFO", "faas.coldstart": n == 1}),
            )
            .collect();
        lines[3]["level"] = "ERROR".into();
        let told = read(&lines);
        assert_eq!((told.calls, told.errors, told.cold), (20.0, 1.0, 1.0));
        assert_eq!(told.p95_ms, Some(19.0));
        assert_eq!(read(&[]), Told::default());
    }
}
