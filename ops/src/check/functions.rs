//! Each function: calls, errors, throttles, duration and cold starts of the last hour.

use aws_call::{CallError, Caller, Service};
use futures::future::{join, join_all, try_join_all};
use reqwest::Method;
use serde_json::Value;

use super::lines::{self, Told};
use super::{Bounds, Row, State, triggers};
use crate::metrics::{self, Query};
use crate::site::Site;
use crate::stack::Stack;

const AREA: &str = "functions";
const KIND: &str = "AWS::Lambda::Function";

/// Of calls. An error of a function is a crash or a timeout, never a task that fails: even one is worth a look, and
/// one in twenty is felt.
const ERRORS: Bounds = Bounds {
    warn: f64::MIN_POSITIVE,
    fail: 0.05,
};
/// Of calls. The account's concurrency, or the function's own, is used up.
const THROTTLES: Bounds = ERRORS;
/// Of the function's timeout: past half of it there is no room for a slow store, and past nine tenths calls are cut off.
const DURATION: Bounds = Bounds {
    warn: 0.5,
    fail: 0.9,
};
/// Of calls, where there are enough of them to judge: a fifth means that its traffic comes in bursts, or that
/// processes crash. Never more than worth a look, since one takes tens of milliseconds here.
const COLD: Bounds = Bounds {
    warn: 0.2,
    fail: f64::INFINITY,
};
const ENOUGH_CALLS: f64 = 100.0;
/// What runs by the clock, every minute or few: in an hour without a call nothing starts it.
const BY_THE_CLOCK: [&str; 3] = ["Sweeper", "Canary", "Overflow"];

const MINUTES: i64 = 60;
const PERIOD: u32 = 300;
/// Queries for each function.
const QUERIES: usize = 4;

/// What is known of a function.
#[derive(Debug, Clone, PartialEq, Default)]
struct Facts {
    calls: f64,
    errors: f64,
    /// None where it is not measured.
    throttles: Option<f64>,
    p95_ms: Option<f64>,
    cold: Option<f64>,
    timeout_ms: Option<f64>,
    /// Why it cannot run, where it cannot.
    broken: Option<String>,
}

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let (caller, stack) = match site.described() {
        Ok(both) => both,
        Err(why) => return vec![Row::fail(AREA, "all", domain::causes(why))],
    };
    let (measured, triggers) = join(
        functions(site, caller, stack),
        triggers::check(caller, stack),
    )
    .await;
    let mut rows =
        measured.unwrap_or_else(|error| vec![Row::fail(AREA, "all", domain::causes(&error))]);
    rows.push(triggers);
    rows
}

async fn functions(site: &Site, caller: &Caller, stack: &Stack) -> Result<Vec<Row>, CallError> {
    let mut all: Vec<_> = stack.of_kind(KIND).collect();
    all.sort_by_key(|function| function.logical.as_str());
    let names: Vec<_> = all
        .iter()
        .map(|function| function.physical.as_str())
        .collect();
    let settings = join_all(names.iter().map(|name| settings(caller, name)));
    let (settings, figures) = join(settings, figures(site, caller, &names)).await;
    let each = all.iter().zip(settings).zip(figures?);
    let rows = each.map(|((function, settings), figures)| {
        let facts = Facts {
            timeout_ms: settings.timeout_ms,
            broken: settings.broken,
            ..figures
        };
        judge(&function.logical, &facts)
    });
    Ok(rows.collect())
}

/// What is measured, of each function. The emulator measures only what is invoked by its API; there the functions' own
/// lines are read. A call that is throttled leaves none.
async fn figures(site: &Site, caller: &Caller, names: &[&str]) -> Result<Vec<Facts>, CallError> {
    let span = site.last_minutes(MINUTES);
    if site.deployment.is_local() {
        let told = names.iter().map(|name| lines::told(caller, name, span));
        let told = try_join_all(told).await?;
        return Ok(told.into_iter().map(of_lines).collect());
    }
    let queries: Vec<_> = names.iter().copied().flat_map(queries).collect();
    let cold = names
        .iter()
        .map(|name| lines::cold_starts(caller, name, span));
    let (measured, cold) = join(
        metrics::figures(caller, &queries, span, PERIOD),
        join_all(cold),
    )
    .await;
    let measured = measured?;
    let each = measured.chunks(QUERIES).zip(cold);
    Ok(each
        .map(|(measured, cold)| of_metrics(measured, cold.ok()))
        .collect())
}

fn of_lines(told: Told) -> Facts {
    Facts {
        calls: told.calls,
        errors: told.errors,
        throttles: None,
        p95_ms: told.p95_ms,
        cold: Some(told.cold),
        ..Facts::default()
    }
}

fn of_metrics(measured: &[Vec<f64>], cold: Option<f64>) -> Facts {
    let sum = |n: usize| {
        measured
            .get(n)
            .into_iter()
            .flatten()
            .fold(0.0, |sum, value| sum + value)
    };
    let slowest = measured
        .get(3)
        .and_then(|values| values.iter().copied().reduce(f64::max));
    Facts {
        calls: sum(0),
        errors: sum(1),
        throttles: Some(sum(2)),
        p95_ms: slowest,
        cold,
        ..Facts::default()
    }
}

fn queries(function: &str) -> [Query; QUERIES] {
    let query = |metric, stat| Query {
        namespace: "AWS/Lambda",
        metric,
        dimensions: vec![("FunctionName", function.to_owned())],
        stat,
    };
    [
        query("Invocations", "Sum"),
        query("Errors", "Sum"),
        query("Throttles", "Sum"),
        query("Duration", "p95"),
    ]
}

async fn settings(caller: &Caller, name: &str) -> Facts {
    let path = format!("/2015-03-31/functions/{name}/configuration");
    match caller.rest(Service::LAMBDA, Method::GET, &path, None).await {
        Ok(answer) => read_settings(&answer),
        Err(error) => Facts {
            broken: Some(domain::causes(&error)),
            ..Facts::default()
        },
    }
}

fn read_settings(answer: &Value) -> Facts {
    let reason = |state: &str, reason: &str| {
        let state = answer[state].as_str().filter(|state| *state == "Failed")?;
        let reason = answer[reason].as_str().unwrap_or("without a reason");
        Some(format!("{state}: {reason}"))
    };
    Facts {
        timeout_ms: answer["Timeout"].as_f64().map(|seconds| seconds * 1_000.0),
        broken: reason("State", "StateReason")
            .or_else(|| reason("LastUpdateStatus", "LastUpdateStatusReason")),
        ..Facts::default()
    }
}

fn judge(name: &str, facts: &Facts) -> Row {
    let share = |count: f64| {
        if count > 0.0 {
            count / facts.calls.max(1.0)
        } else {
            0.0
        }
    };
    let of_timeout = facts
        .p95_ms
        .zip(facts.timeout_ms)
        .map(|(p95, most)| p95 / most);
    let cold = facts.cold.filter(|_| facts.calls >= ENOUGH_CALLS);
    let silent = facts.calls == 0.0 && BY_THE_CLOCK.contains(&name);
    let judged = [
        (
            facts.broken.as_ref().map_or(State::Ok, |_| State::Fail),
            "deploy it again; `ops doctor` has more",
        ),
        (
            ERRORS.judge(share(facts.errors)),
            "it crashed or ran out of time: its log lines of the level ERROR say why",
        ),
        (
            THROTTLES.judge(share(facts.throttles.unwrap_or_default())),
            "too many at once: compare with the account's concurrency, or raise its own",
        ),
        (
            of_timeout.map_or(State::Ok, |share| DURATION.judge(share)),
            "slow: look at the stores, and at what its log calls `duration_ms`",
        ),
        (
            if silent { State::Warn } else { State::Ok },
            "nothing starts it: look at its schedule in EventBridge (a fresh stack takes a minute)",
        ),
        (
            cold.map_or(State::Ok, |cold| COLD.judge(share(cold))),
            "many cold starts: provisioned concurrency keeps some warm",
        ),
    ];
    // The first of the worst: they are in the order of what to do first.
    let (state, advice) = judged
        .iter()
        .rev()
        .copied()
        .max_by_key(|(state, _)| *state)
        .unwrap_or((State::Ok, ""));
    let row = Row::new(AREA, name.to_lowercase(), state, figure(facts)).advise(advice);
    let row = row.with("calls", facts.calls).with("errors", facts.errors);
    let optional = [
        ("throttles", facts.throttles),
        ("p95_ms", facts.p95_ms),
        ("cold_starts", facts.cold),
    ];
    optional
        .into_iter()
        .fold(row, |row, (name, value)| match value {
            Some(value) => row.with(name, value),
            None => row,
        })
}

fn figure(facts: &Facts) -> String {
    if let Some(why) = &facts.broken {
        return why.clone();
    }
    if facts.calls == 0.0 {
        return format!("no calls in {MINUTES} min");
    }
    let mut parts = vec![
        format!("{} calls", facts.calls),
        format!("{} errors", facts.errors),
    ];
    parts.push(match facts.throttles {
        Some(count) => format!("{count} throttled"),
        None => "throttles n/a (not emulated)".to_owned(),
    });
    parts.extend(facts.p95_ms.map(|p95| format!("p95 {p95:.0} ms")));
    parts.extend(facts.cold.map(|cold| format!("{cold} cold")));
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts(calls: f64) -> Facts {
        Facts {
            calls,
            p95_ms: Some(12.0),
            cold: Some(1.0),
            timeout_ms: Some(29_000.0),
            ..Facts::default()
        }
    }

    fn state(facts: &Facts) -> State {
        judge("Api", facts).state
    }

    #[test]
    fn one_error_is_worth_a_look_and_many_are_a_fault() {
        let errors = |errors, calls| Facts {
            errors,
            ..facts(calls)
        };
        assert_eq!(state(&errors(0.0, 100.0)), State::Ok);
        assert_eq!(state(&errors(1.0, 1_000.0)), State::Warn);
        assert_eq!(state(&errors(50.0, 1_000.0)), State::Fail);
        let throttled = Facts {
            throttles: Some(3.0),
            ..facts(1_000.0)
        };
        assert!(judge("Api", &throttled).advice.contains("concurrency"));
    }

    #[test]
    fn duration_is_measured_by_the_timeout() {
        let slow = |p95_ms| Facts {
            p95_ms: Some(p95_ms),
            ..facts(10.0)
        };
        let states = [14_000.0, 15_000.0, 27_000.0].map(|p95| state(&slow(p95)));
        assert_eq!(states, [State::Ok, State::Warn, State::Fail]);
    }

    #[test]
    fn cold_starts_are_a_share_of_enough_calls() {
        let cold = |cold, calls| Facts {
            cold: Some(cold),
            ..facts(calls)
        };
        assert_eq!(state(&cold(9.0, 10.0)), State::Ok);
        assert_eq!(state(&cold(20.0, 100.0)), State::Warn);
        assert_eq!(state(&cold(100.0, 100.0)), State::Warn);
    }

    #[test]
    fn what_runs_by_the_clock_must_run() {
        let row = judge("Sweeper", &Facts::default());
        assert_eq!((row.state, row.item.as_str()), (State::Warn, "sweeper"));
        assert_eq!(judge("Api", &Facts::default()).state, State::Ok);
    }

    #[test]
    fn what_cannot_run_goes_before_everything_else() {
        let answer = json!({"Timeout": 29, "State": "Failed", "StateReason": "no such image"});
        let broken = Facts {
            errors: 9.0,
            ..read_settings(&answer)
        };
        let row = judge("Api", &broken);
        assert_eq!(row.figure, "Failed: no such image");
        assert!(row.advice.contains("deploy"));
        assert_eq!(broken.timeout_ms, Some(29_000.0));
    }
}
