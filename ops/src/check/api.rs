//! The HTTP API, as its callers find it.

use std::time::Duration;

use protocol::http::HealthBody;
use reqwest::{Client, StatusCode};
use tokio::time::Instant;

use super::{Bounds, Row, State};
use crate::metrics::{self, Query};
use crate::site::Site;

const AREA: &str = "api";

/// Immediate queries are promised within 200 ms; from a second on people wait.
const LATENCY_MS: Bounds = Bounds {
    warn: 200.0,
    fail: 1_000.0,
};
/// From here the way through the network counts too, and on a laptop a debug build behind an emulator.
const HEALTH_MS: Bounds = Bounds {
    warn: 1_000.0,
    fail: 2_500.0,
};
/// One answer in a thousand is the budget of 99.9 %; one in twenty is felt by everybody.
const ERRORS: Bounds = Bounds {
    warn: 0.001,
    fail: 0.05,
};
const PATIENCE: Duration = Duration::from_millis(2_800);
const MINUTES: i64 = 60;
const PERIOD: u32 = 300;

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let (health, measured) = tokio::join!(health(site), measured(site));
    std::iter::once(health).chain(measured).collect()
}

async fn health(site: &Site) -> Row {
    let item = "health";
    let Some(url) = site.deployment.get("ADOLOGY_HTTP_URL") else {
        let row = Row::fail(AREA, item, "ADOLOGY_HTTP_URL is not known");
        return row.advise("name the stack by --stack: its outputs hold the address");
    };
    let address = format!("{}/health", url.trim_end_matches('/'));
    let began = Instant::now();
    let http = Client::builder().timeout(PATIENCE).build();
    let answer = match http {
        Ok(http) => http.get(&address).send().await,
        Err(error) => Err(error),
    };
    match answer {
        Err(error) => Row::fail(AREA, item, domain::causes(&error.without_url()))
            .advise("`ops doctor` looks at the way there"),
        Ok(answer) => {
            let status = answer.status();
            let body = answer.json().await.ok();
            judge_health(status, body.as_ref(), began.elapsed())
        }
    }
}

fn judge_health(status: StatusCode, body: Option<&HealthBody>, took: Duration) -> Row {
    let took_ms = took.as_secs_f64() * 1_000.0;
    let checks = body.iter().flat_map(|body| &body.checks);
    let away: Vec<_> = checks
        .filter(|(_, state)| *state != "ok")
        .map(|(name, _)| name.as_str())
        .collect();
    let row = if !away.is_empty() {
        let figure = format!("{status}: {} unavailable", away.join(" and "));
        Row::fail(AREA, "health", figure)
            .advise("the functions cannot reach it: `ops doctor` looks at the way there")
    } else if status.is_success() {
        let row = Row::new(
            AREA,
            "health",
            HEALTH_MS.judge(took_ms),
            format!("{took_ms:.0} ms"),
        );
        row.advise("slow: look at the function `api` and at the databases")
    } else {
        Row::fail(AREA, "health", status.to_string())
            .advise("look at the function `api`: its log names the cause")
    };
    row.with("took_ms", took_ms)
}

/// What API Gateway has measured.
async fn measured(site: &Site) -> Vec<Row> {
    if site.deployment.is_local() {
        let why = "the emulator measures no HTTP API; `functions` has the API's own figures";
        return vec![
            Row::not_applicable(AREA, "errors", why),
            Row::not_applicable(AREA, "latency", why),
        ];
    }
    let (caller, stack) = match site.described() {
        Ok(both) => both,
        Err(why) => return vec![Row::fail(AREA, "errors", domain::causes(why))],
    };
    let Some(api) = stack.named("HttpApi") else {
        return vec![Row::fail(AREA, "errors", "the stack has no HttpApi")];
    };
    let query = |metric, stat| Query {
        namespace: "AWS/ApiGateway",
        metric,
        dimensions: vec![("ApiId", api.physical.clone())],
        stat,
    };
    let queries = [
        query("Count", "Sum"),
        query("5xx", "Sum"),
        query("4xx", "Sum"),
        query("Latency", "p95"),
    ];
    let span = site.last_minutes(MINUTES);
    match metrics::figures(caller, &queries, span, PERIOD).await {
        Err(error) => vec![Row::fail(AREA, "errors", domain::causes(&error))],
        Ok(found) => {
            let sum = |n: usize| found[n].iter().sum::<f64>();
            let slowest = found[3].iter().copied().reduce(f64::max);
            vec![judge_errors(sum(0), sum(1), sum(2)), judge_latency(slowest)]
        }
    }
}

fn judge_errors(count: f64, server: f64, client: f64) -> Row {
    let state = if count > 0.0 {
        ERRORS.judge(server / count)
    } else {
        State::Ok
    };
    let figure = format!("{server} of {count} failed in {MINUTES} min, {client} refused");
    Row::new(AREA, "errors", state, figure)
        .advise("look at the function `api`: its log lines of the level ERROR name route and cause")
        .with("count", count)
        .with("errors_5xx", server)
        .with("errors_4xx", client)
}

fn judge_latency(slowest: Option<f64>) -> Row {
    match slowest {
        None => Row::new(
            AREA,
            "latency",
            State::Ok,
            format!("no calls in {MINUTES} min"),
        ),
        Some(p95) => Row::new(
            AREA,
            "latency",
            LATENCY_MS.judge(p95),
            format!("p95 {p95:.0} ms in the worst five minutes"),
        )
        .advise("compare with the functions' p95: the rest is API Gateway, or cold starts")
        .with("p95_ms", p95),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(postgres: &str) -> HealthBody {
        let checks = [("postgres", postgres), ("mongodb", "ok")];
        HealthBody {
            status: "ok".into(),
            checks: checks
                .map(|(name, state)| (name.into(), state.into()))
                .into(),
        }
    }

    #[test]
    fn health_names_the_store_that_is_away() {
        let took = Duration::from_millis(12);
        let well = judge_health(StatusCode::OK, Some(&body("ok")), took);
        assert_eq!((well.state, well.figure.as_str()), (State::Ok, "12 ms"));
        let away = judge_health(
            StatusCode::SERVICE_UNAVAILABLE,
            Some(&body("unavailable")),
            took,
        );
        assert_eq!(away.state, State::Fail);
        assert!(
            away.figure.contains("postgres unavailable"),
            "{}",
            away.figure
        );
        let gateway = judge_health(StatusCode::BAD_GATEWAY, None, took);
        assert_eq!(gateway.state, State::Fail);
        let slow = judge_health(StatusCode::OK, Some(&body("ok")), Duration::from_secs(1));
        assert_eq!(slow.state, State::Warn);
    }

    #[test]
    fn errors_count_by_their_share() {
        assert_eq!(judge_errors(0.0, 0.0, 0.0).state, State::Ok);
        assert_eq!(judge_errors(10_000.0, 9.0, 500.0).state, State::Ok);
        assert_eq!(judge_errors(1_000.0, 1.0, 0.0).state, State::Warn);
        assert_eq!(judge_errors(20.0, 1.0, 0.0).state, State::Fail);
        assert_eq!(judge_latency(Some(250.0)).state, State::Warn);
    }
}
