//! `GET /dashboard/timeseries`: figures over time, as lines of a chart.

use std::sync::Arc;

use app::read_series::{ReadSeriesError, SeriesRequest};
use axum::Json;
use axum::extract::State;
use domain::aggregate::Bucket;
use domain::ports::SeriesError;
use domain::series::{Metric, NoSpan, Span};
use http::StatusCode;
use protocol::http::TimeSeriesBody;
use protocol::problem::{MEDIA_TYPE, Problem};
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::IntoParams;

use super::page::moment;
use crate::edge::{Caller, Params, Refusal, SignedIn};
use crate::state::App;

/// What the query may say.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeriesParams {
    /// One or more of `requests`, `errors` (answered with 500 or more), `latency_p50`, `latency_p95`,
    /// `latency_p99` and `active_users`, with commas between.
    #[param(value_type = String, example = "requests,errors")]
    metric: Option<String>,
    /// The range's start. The first bucket is the one that it lies in.
    #[param(value_type = String, format = DateTime)]
    from: Option<String>,
    /// The range's end. The last bucket is the one that holds the moment before it.
    #[param(value_type = String, format = DateTime)]
    to: Option<String>,
    /// The length of a bucket, in UTC: `minute`, `hour` (usual) or `day`.
    #[param(example = "day")]
    bucket: Option<String>,
    /// `service`: a series for each of the 20 services with the most requests in the range.
    group_by: Option<String>,
}

impl SeriesParams {
    fn request(&self) -> Result<SeriesRequest, Refusal> {
        let span = Span::covering(
            bucket(self.bucket.as_deref())?,
            needed("from", self.from.as_deref())?,
            needed("to", self.to.as_deref())?,
        );
        Ok(SeriesRequest {
            metrics: metrics(self.metric.as_deref())?,
            span: span?,
            by_service: is_by_service(self.group_by.as_deref())?,
        })
    }
}

fn metrics(list: Option<&str>) -> Result<Vec<Metric>, Refusal> {
    let known = Metric::ALL.map(Metric::name).join(", ");
    let refuse = || {
        let message = format!("must be one or more of {known}, with commas between");
        Refusal::invalid_query("metric", message)
    };
    let mut metrics = vec![];
    for name in list.ok_or_else(refuse)?.split(',') {
        let metric = name.parse().map_err(|_| refuse())?;
        if metrics.contains(&metric) {
            let message = format!("{name} is there already");
            return Err(Refusal::invalid_query("metric", message));
        }
        metrics.push(metric);
    }
    Ok(metrics)
}

fn needed(field: &str, text: Option<&str>) -> Result<OffsetDateTime, Refusal> {
    let missing = || Refusal::invalid_query(field, "give a moment such as 2026-01-01T12:00:00Z");
    moment(field, text)?.ok_or_else(missing)
}

const BUCKETS: [(&str, Bucket); 3] = [
    ("minute", Bucket::Minute),
    ("hour", Bucket::Hour),
    ("day", Bucket::Day),
];

fn bucket(name: Option<&str>) -> Result<Bucket, Refusal> {
    let Some(name) = name else {
        return Ok(Bucket::default());
    };
    let bucket = BUCKETS.into_iter().find(|(known, _)| *known == name);
    let bucket = bucket.map(|(_, bucket)| bucket);
    bucket.ok_or_else(|| Refusal::invalid_query("bucket", "must be minute, hour or day"))
}

fn is_by_service(group_by: Option<&str>) -> Result<bool, Refusal> {
    match group_by {
        None => Ok(false),
        Some("service") => Ok(true),
        Some(_) => Err(Refusal::invalid_query(
            "group_by",
            "must be service, or left out",
        )),
    }
}

/// Reads figures over time
///
/// Every series has a value for each of `times`. All figures are exact, and count every event that
/// was accepted before, however late it came. Buckets are whole: `from` and `to` of the answer tell
/// which time they cover.
#[utoipa::path(get, path = "/dashboard/timeseries", tag = "dashboard", params(SeriesParams), responses(
    (status = 200, body = TimeSeriesBody, description = "The figures of the caller's tenant."),
    (status = 400, body = Problem, content_type = MEDIA_TYPE,
        description = "`invalid_query`, `too_many_buckets`, `too_many_rows`"),
    SignedIn,
))]
pub(crate) async fn get_time_series(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Params(params): Params<SeriesParams>,
) -> Result<Json<TimeSeriesBody>, Refusal> {
    let request = params.request()?;
    let span = request.span;
    let lines = app.read_series.run(&caller.tenant, &request).await?;
    let bucket = BUCKETS.iter().find(|(_, bucket)| *bucket == span.bucket());
    let lines = lines.into_iter();
    Ok(Json(TimeSeriesBody {
        from: span.from(),
        to: span.to(),
        bucket: bucket.map(|(name, _)| (*name).into()).unwrap_or_default(),
        times: span.starts().collect(),
        series: lines
            .map(|line| wire::series::body(line.metric, line.group, &line.points))
            .collect(),
    }))
}

impl From<NoSpan> for Refusal {
    fn from(refused: NoSpan) -> Self {
        let message = refused.to_string();
        match refused {
            NoSpan::Empty => Self::invalid_query("to", message),
            NoSpan::Outside => Self::invalid_query("from", format!("{message}, and so must to")),
            NoSpan::TooMany { .. } => {
                let detail = format!("{message}; give a shorter range or a longer bucket");
                Self::new(StatusCode::BAD_REQUEST, "too_many_buckets", detail)
            }
        }
    }
}

impl From<ReadSeriesError> for Refusal {
    fn from(ReadSeriesError(cause): ReadSeriesError) -> Self {
        match cause {
            SeriesError::TooManyRows { .. } => {
                let detail = format!(
                    "{cause}, one for each service of each bucket; give a shorter range, a longer bucket, or no group_by"
                );
                Self::new(StatusCode::BAD_REQUEST, "too_many_rows", detail)
            }
            SeriesError::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::memory::Fault;

    use crate::scene::{Scene, sample};

    const DAY: &str = "from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z";

    async fn scene() -> Scene {
        let scene = Scene::new().await;
        scene.ask(sample("events-good")).await;
        scene
    }

    async fn get(scene: &Scene, query: &str) -> crate::scene::Answer {
        scene.get(&format!("/dashboard/timeseries?{query}")).await
    }

    #[tokio::test]
    async fn every_series_is_as_long_as_the_times() {
        let scene = scene().await;
        for (bucket, count) in [
            ("", 24),
            ("&bucket=hour", 24),
            ("&bucket=minute", 1_440),
            ("&bucket=day", 1),
        ] {
            let query = format!("metric=active_users,requests,latency_p99&{DAY}{bucket}");
            let body = get(&scene, &query).await.body;
            assert_eq!(body["times"].as_array().unwrap().len(), count, "{bucket}");
            let series = body["series"].as_array().unwrap();
            let metrics: Vec<_> = series.iter().map(|line| &line["metric"]).collect();
            assert_eq!(metrics, ["active_users", "requests", "latency_p99"]);
            for line in series {
                assert_eq!(line["values"].as_array().unwrap().len(), count, "{bucket}");
                assert_eq!(line["group"], json!(null));
            }
        }
    }

    #[tokio::test]
    async fn buckets_are_whole() {
        let scene = scene().await;
        let query = "metric=errors,latency_p50&from=2020-02-28T23:30:00%2B01:00&to=2020-02-29T00:00:00.001Z";
        let body = get(&scene, query).await.body;
        let expected = json!({
            "from": "2020-02-28T22:00:00Z", "to": "2020-02-29T01:00:00Z", "bucket": "hour",
            "times": ["2020-02-28T22:00:00Z", "2020-02-28T23:00:00Z", "2020-02-29T00:00:00Z"],
            "series": [
                {"metric": "errors", "group": null, "values": [0, 0, 0]},
                {"metric": "latency_p50", "group": null, "values": [null, null, null]},
            ],
        });
        assert_eq!(body, expected);
    }

    #[tokio::test]
    async fn what_makes_no_sense_is_refused_by_its_name() {
        let scene = Scene::new().await;
        let good = [
            ("metric", "requests"),
            ("from", "2026-03-01T00:00:00Z"),
            ("to", "2026-03-02T00:00:00Z"),
        ];
        for (parameter, values) in [
            (
                "metric",
                &["", "Requests", "requests,", "requests,requests", "mean"][..],
            ),
            (
                "from",
                &["", "yesterday", "2026-03-01", "1969-12-31T23:00:00Z"],
            ),
            (
                "to",
                &["", "now", "2026-03-01T00:00:00Z", "2026-02-01T00:00:00Z"],
            ),
            ("bucket", &["", "second", "Hour"]),
            ("group_by", &["", "path", "service,path"]),
        ] {
            for value in values {
                let others = good.iter().filter(|(name, _)| *name != parameter);
                let others: Vec<_> = others
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                let query = format!("{}&{parameter}={value}", others.join("&"));
                let answer = get(&scene, &query).await;
                assert_eq!(answer.code(), (400, "invalid_query"), "{query}");
                assert_eq!(answer.body["errors"][0]["field"], parameter, "{query}");
            }
        }
        for missing in ["metric", "from", "to"] {
            let others = good.iter().filter(|(name, _)| *name != missing);
            let others: Vec<_> = others
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let answer = get(&scene, &others.join("&")).await;
            assert_eq!(answer.code(), (400, "invalid_query"), "{missing}");
            assert_eq!(answer.body["errors"][0]["field"], missing);
        }
    }

    #[tokio::test]
    async fn too_much_is_refused() {
        let scene = Scene::new().await;
        let query =
            "metric=requests&bucket=minute&from=2026-03-01T00:00:00Z&to=2026-03-02T01:00:01Z";
        let answer = get(&scene, query).await;
        assert_eq!(answer.code(), (400, "too_many_buckets"));
        let query = query.replace("01:00:01Z", "01:00:00Z");
        assert_eq!(get(&scene, &query).await.status, 200);
    }

    #[tokio::test]
    async fn a_store_that_is_away_is_told() {
        let scene = Scene::new().await;
        scene.faults.always("events.series", Fault::Unavailable);
        let answer = get(&scene, &format!("metric=requests&{DAY}")).await;
        assert_eq!(answer.code(), (503, "unavailable"));
    }
}
