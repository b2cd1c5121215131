use std::collections::BTreeMap;
use std::sync::Mutex;

use domain::aggregate::{AggregateQuery, AggregateRow, Bucket, GroupBy, Only};
use domain::kind::{Described as _, ProgressSink, Runner, described};
use domain::task::Progress;
use proptest::prelude::*;
use testkit::build::{self, NOW};
use testkit::memory::{CannedRows, Fault, Faults};
use time::Duration;
use time::macros::datetime;

use super::*;

#[derive(Default)]
struct Reports(Mutex<Vec<Progress>>);

impl ProgressSink for Reports {
    fn report(&self, progress: Progress) {
        self.0.lock().unwrap().push(progress);
    }
}

struct Bench {
    rows: Arc<CannedRows>,
    faults: Faults,
    reports: Arc<Reports>,
    context: TaskContext,
}

fn bench(rows: Vec<AggregateRow>) -> Bench {
    let (faults, reports) = (Faults::default(), Arc::new(Reports::default()));
    let context = TaskContext {
        request_id: build::request_id(),
        tenant: build::tenant(),
        started_at: NOW,
        progress: reports.clone(),
    };
    let rows = Arc::new(CannedRows::new(rows, &faults));
    Bench {
        rows,
        faults,
        reports,
        context,
    }
}

impl Bench {
    async fn run(&self, input: Value) -> Result<Value, Failure> {
        let kind: &dyn Runner = &Aggregate::new(self.rows.clone());
        kind.run(&self.context, &input).await
    }

    async fn query(&self, input: Value) -> AggregateQuery {
        self.run(input).await.unwrap();
        let (tenant, query) = self.rows.asked().pop().unwrap();
        assert_eq!(tenant, self.context.tenant);
        query
    }
}

fn row() -> AggregateRow {
    AggregateRow {
        groups: BTreeMap::from([("service".into(), json!("shop"))]),
        count: 2,
        error_rate: 0.5,
        unique_users: 1,
        mean: 1.5,
        min: 1.0,
        max: 2.0,
        p50: 1.0,
        p95: 2.0,
        p99: 2.0,
    }
}

fn errors(input: &Value) -> Vec<String> {
    let errors = described::<Aggregate>()
        .validate(input)
        .err()
        .unwrap_or_default();
    errors.into_iter().map(|error| error.field).collect()
}

#[tokio::test]
async fn rows_come_first_and_progress_is_told() {
    let bench = bench(vec![row()]);
    let result = bench.run(json!({})).await.unwrap();
    let expected = json!({
        "rows": [{"service": "shop", "count": 2, "error_rate": 0.5, "unique_users": 1, "mean": 1.5, "min": 1.0, "max": 2.0, "p50": 1.0, "p95": 2.0, "p99": 2.0}],
        "from": "2026-02-28T12:00:00Z", "to": null, "whole": true,
    });
    assert_eq!(result, expected);
    let reports = bench.reports.0.lock().unwrap();
    let percents: Vec<_> = reports.iter().map(|report| report.percent).collect();
    assert_eq!(percents, [10, 90]);
}

#[tokio::test]
async fn a_cut_answer_says_so() {
    let bench = bench(vec![row()]);
    let result = bench.run(json!({"limit": 1})).await.unwrap();
    assert_eq!(result["whole"], false);
}

#[tokio::test]
async fn defaults_are_a_day_by_service() {
    let query = bench(vec![]).query(json!({})).await;
    let expected = AggregateQuery {
        group_by: vec![GroupBy::Service],
        bucket: Bucket::Hour,
        from: Some(NOW - Duration::DAY),
        to: None,
        only: Only::default(),
        limit: 1_000,
    };
    assert_eq!(query, expected);
}

#[tokio::test]
async fn everything_can_be_chosen() {
    let input = json!({"group_by": ["time", "status", "path"], "bucket": "day",
        "from": "2017-05-16T00:00:00Z", "to": "2017-05-17T00:00:00+02:00", "limit": 5, "only": {"status": [500]}});
    let expected = AggregateQuery {
        group_by: vec![GroupBy::Time, GroupBy::Status, GroupBy::Path],
        bucket: Bucket::Day,
        from: Some(datetime!(2017-05-16 00:00 UTC)),
        to: Some(datetime!(2017-05-16 22:00 UTC)),
        only: Only {
            status: vec![500],
            ..Only::default()
        },
        limit: 5,
    };
    assert_eq!(bench(vec![]).query(input).await, expected);
    let all = bench(vec![])
        .query(json!({"window": "all", "group_by": []}))
        .await;
    assert_eq!((all.from, all.to, all.group_by), (None, None, vec![]));
    let open = bench(vec![])
        .query(json!({"to": "2017-05-17T00:00:00Z"}))
        .await;
    assert_eq!(open.from, None);
}

#[tokio::test]
async fn the_period_before_stands_beside() {
    let bench = bench(vec![row()]);
    for (input, from, to) in [
        (
            json!({"window": "1h", "compare": "previous"}),
            NOW - Duration::HOUR * 2,
            NOW - Duration::HOUR,
        ),
        (
            json!({"from": "2017-05-16T00:00:00Z", "to": "2017-05-16T06:00:00Z", "compare": "previous"}),
            datetime!(2017-05-15 18:00 UTC),
            datetime!(2017-05-16 00:00 UTC),
        ),
    ] {
        let result = bench.run(input).await.unwrap();
        let (_, query) = bench.rows.asked().pop().unwrap();
        assert_eq!((query.from, query.to), (Some(from), Some(to)));
        let row = &result["rows"][0];
        assert_eq!(
            (&row["service"], &row["previous"]["count"]),
            (&json!("shop"), &json!(2))
        );
        assert_eq!(row["previous"].get("service"), None);
    }
}

#[test]
fn a_group_that_is_new_has_no_figures_before() {
    let other = AggregateRow {
        groups: BTreeMap::from([("service".into(), json!("mail"))]),
        ..row()
    };
    let rows = previous::beside(vec![row(), other.clone()], vec![other]);
    assert_eq!(rows[0]["previous"], Value::Null);
    assert_eq!(rows[1]["previous"]["count"], 2);
}

#[test]
fn every_mistake_is_named_by_its_field() {
    for (input, fields) in [
        (
            json!({"group_by": ["service", "moon"]}),
            &["group_by[1]"][..],
        ),
        (
            json!({"group_by": ["path", "path"], "limit": 0}),
            &["group_by[1]", "limit"],
        ),
        (json!({"group_by": "service"}), &["group_by"]),
        (json!({"bucket": "week"}), &["bucket"]),
        (json!({"window": "2y"}), &["window"]),
        (json!({"window": 7}), &["window"]),
        (
            json!({"window": "1h", "from": "2017-05-16T00:00:00Z"}),
            &["window"],
        ),
        (json!({"from": "yesterday"}), &["from"]),
        (
            json!({"from": "2017-05-16T00:00:00Z", "to": "2017-05-16T00:00:00Z"}),
            &["to"],
        ),
        (json!({"limit": 10_001}), &["limit"]),
        (json!({"limit": -1}), &["limit"]),
        (json!({"limt": 5}), &["limt"]),
        (json!({"only": {"colour": ["red"]}}), &["only.colour"]),
        (
            json!({"only": {"status_class": ["5XX"]}}),
            &["only.status_class"],
        ),
        (json!({"only": {"user": vec!["u"; 101]}}), &["only.user"]),
        (json!({"compare": "next"}), &["compare"]),
        (
            json!({"compare": "previous", "group_by": ["time"]}),
            &["compare"],
        ),
        (
            json!({"compare": "previous", "window": "all"}),
            &["compare"],
        ),
        (
            json!({"compare": "previous", "to": "2017-05-16T00:00:00Z"}),
            &["compare"],
        ),
        (json!([]), &[]),
    ] {
        let named = errors(&input);
        if input.is_object() {
            assert_eq!(named, fields, "{input}");
        } else {
            assert!(!named.is_empty(), "{input}");
        }
    }
}

#[test]
fn reports_are_called_after_what_they_group_by() {
    let kind = described::<Aggregate>();
    for (input, title) in [
        (json!({}), "Requests by service"),
        (
            json!({"group_by": ["time", "path"]}),
            "Requests by time, path",
        ),
        (json!({"group_by": []}), "All requests"),
    ] {
        assert_eq!(kind.report_title(&input).as_deref(), Some(title));
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_worth_another_try() {
    for (fault, retry) in [
        (Fault::Unavailable, domain::Retry::Transient),
        (Fault::Broken, domain::Retry::Permanent),
    ] {
        let bench = bench(vec![]);
        bench.faults.always("aggregation.aggregate", fault);
        let failure = bench.run(json!({})).await.unwrap_err();
        assert_eq!(failure.retry, retry);
        assert!(!failure.message.contains("planned"), "{failure}");
    }
}

fn any_input() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "service",
        "path",
        "route",
        "method",
        "status",
        "status_class",
        "user",
        "time",
    ]);
    let moment = || prop::option::of((0..4_000_i64).prop_map(|days| NOW - Duration::days(days)));
    (
        prop::collection::vec(names, 0..6),
        prop::option::of(prop::sample::select(Window::NAMES.to_vec())),
        moment(),
        moment(),
        0..20_000_usize,
    )
        .prop_map(|(group_by, window, from, to, limit)| {
            json!({"group_by": group_by, "window": window, "from": from.and_then(text),
                "to": to.and_then(text), "limit": limit})
        })
}

use domain::Window;

proptest! {
    /// An input is taken exactly if its parts fit together, and then its query is bounded.
    #[test]
    fn inputs_are_taken_if_their_parts_fit(input in any_input()) {
        let taken = errors(&input).is_empty();
        let typed: AggregateInput = serde_json::from_value(input).unwrap();
        let distinct: std::collections::BTreeSet<_> = typed.group_by.iter().collect();
        let range = typed.from.is_some() || typed.to.is_some();
        let fits = distinct.len() == typed.group_by.len()
            && (1..=10_000).contains(&typed.limit)
            && !(typed.window.is_some() && range)
            && typed.from.zip(typed.to).is_none_or(|(from, to)| from < to);
        prop_assert_eq!(taken, fits);
        let query = typed.query(NOW);
        prop_assert!(!taken || query.limit <= 10_000);
    }

    /// Whatever comes as an input is taken or refused, never worse.
    #[test]
    fn no_value_is_too_strange(text in ".*", number in any::<f64>(), field in "[a-z_]{1,8}") {
        for value in [json!(text), json!(number), json!([text]), json!({"x": number})] {
            errors(&json!({field.clone(): value.clone()}));
            errors(&json!({"limit": value.clone(), "group_by": value.clone()}));
            errors(&value);
        }
    }
}
