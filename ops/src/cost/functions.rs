//! What the functions cost by CloudWatch's figures: all of their time and requests, also what the ledger of tasks
//! leaves out.

use aws_call::{CallError, Caller, Service};
use cost::list_price;
use http::Method;
use serde::Serialize;
use time::OffsetDateTime;

use super::load::HOURS;
use super::shown::{count, usd};
use crate::metrics::{Query, Span, figures};
use crate::table::{Cell, Look, Table};

const GB_SECOND: f64 = list_price("lambda.gb_second.arm64");
const INVOCATION: f64 = list_price("lambda.request");

/// The functions of a stack, by what follows the stack's name in theirs.
pub const FUNCTIONS: [&str; 9] = [
    "api",
    "websocket",
    "worker",
    "pusher",
    "callback",
    "sweeper",
    "overflow",
    "guard",
    "canary",
];

/// What one function did and cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Metered {
    /// Which.
    pub function: String,
    /// How often it was invoked.
    pub invocations: f64,
    /// For how long, in seconds.
    pub seconds: f64,
    /// Its memory, in MB.
    pub memory_mb: f64,
    /// What that costs, in dollars.
    pub usd: f64,
    /// The same for a whole month, in dollars.
    pub usd_a_month: f64,
}

/// Asks for the functions of a stack; none where CloudWatch has no figures of them, as on the local stack.
///
/// # Errors
///
/// CloudWatch or Lambda does not answer.
pub async fn meter(caller: &Caller, stack: &str, span: Span) -> Result<Vec<Metered>, CallError> {
    let queries = FUNCTIONS.map(|function| {
        let query = |metric| Query {
            namespace: "AWS/Lambda",
            metric,
            dimensions: vec![("FunctionName", format!("{stack}-{function}"))],
            stat: "Sum",
        };
        [query("Invocations"), query("Duration")]
    });
    // Hours: CloudWatch keeps them for longer than any span that makes sense here.
    let answers = figures(caller, &queries.concat(), span, 3_600).await?;
    let mut metered = Vec::new();
    for (function, answer) in FUNCTIONS.iter().zip(answers.chunks(2)) {
        let sum = |place: usize| {
            answer
                .get(place)
                .map_or(0.0, |values| values.iter().sum::<f64>())
        };
        if sum(0) > 0.0 {
            let memory = memory_mb(caller, &format!("{stack}-{function}")).await?;
            metered.push(Metered::new(
                function,
                sum(0),
                sum(1) / 1_000.0,
                memory,
                span,
            ));
        }
    }
    metered.sort_by(|a, b| b.usd.total_cmp(&a.usd));
    Ok(metered)
}

async fn memory_mb(caller: &Caller, function: &str) -> Result<f64, CallError> {
    let path = format!("/2015-03-31/functions/{function}/configuration");
    let answer = caller
        .rest(Service::LAMBDA, Method::GET, &path, None)
        .await?;
    Ok(answer["MemorySize"].as_f64().unwrap_or_default())
}

impl Metered {
    fn new(
        function: &str,
        invocations: f64,
        seconds: f64,
        memory_mb: f64,
        (from, to): Span,
    ) -> Self {
        let usd = seconds * memory_mb / 1_024.0 * GB_SECOND + invocations * INVOCATION;
        Self {
            function: function.into(),
            invocations,
            seconds,
            memory_mb,
            usd,
            usd_a_month: usd * HOURS / hours(from, to),
        }
    }
}

fn hours(from: OffsetDateTime, to: OffsetDateTime) -> f64 {
    ((to - from).as_seconds_f64() / 3_600.0).max(1.0)
}

/// For people.
pub fn table(metered: &[Metered], look: Look) -> String {
    let mut table = Table::new(&["by function", "invocations", "seconds", "$", "$ a month"]);
    for one in metered {
        table.push([
            one.function.as_str().into(),
            Cell::number(count(one.invocations)),
            Cell::number(count(one.seconds)),
            Cell::number(format!("{:.6}", one.usd)),
            Cell::number(usd(one.usd_a_month)),
        ]);
    }
    table.draw(look)
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    /// By hand: 1,000 invocations of 2 s in 512 MB are 1,000 GB-seconds; a day of 30.42 in a month.
    #[test]
    fn a_function_costs_its_time_and_its_requests() {
        let to = datetime!(2026-03-01 12:00 UTC);
        let one = Metered::new("worker", 1_000.0, 2_000.0, 512.0, (to - Duration::DAY, to));
        assert!(
            (one.usd - (0.013_333_4 + 0.000_2)).abs() < 1e-9,
            "{}",
            one.usd
        );
        assert!((one.usd_a_month - one.usd * 730.0 / 24.0).abs() < 1e-9);
        insta::assert_snapshot!(table(&[one], Look::PLAIN));
    }
}
