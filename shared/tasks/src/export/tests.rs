use std::time::Duration;

use domain::RequestId;
use domain::export::{Cell, MOST_ROWS_AT_ONCE, Row, Source, columns, of_event};
use domain::kind::{Described as _, Kind as _, described};
use domain::task::TaskResult;
use serde_json::{Value, json};
use testkit::build::{self, NOW};
use testkit::memory::{CannedSource, Fault, Faults};

use super::Export;
use super::part_writer::PART;
use super::scene::{Scene, errors};

fn logs(count: usize, message: &str) -> Vec<Row> {
    let log = |n| {
        vec![
            Cell::Text(format!("log-{n}")),
            Cell::Moment(NOW),
            Cell::Text("shop".into()),
            Cell::Text("info".into()),
            Cell::Text(message.into()),
            Cell::None,
        ]
    };
    (0..count).map(log).collect()
}

#[tokio::test]
async fn events_become_a_file_that_its_result_describes() {
    let event = build::request("r-1", "2026-03-01T11:00:00.25Z", "ann", 247.782_9);
    let row = of_event(&event, &columns(Source::Events));
    let scene = Scene::new(vec![row.clone(), row]);
    let (result, content) = scene.export(json!({"source": "events"})).await;
    let line = "r-1,request,2026-03-01T11:00:00.25Z,shop,ann,GET,/items,200,10,247.7829,,,,,\r\n";
    let header = "id,type,at,service,user,method,path,status,bytes,response_time_ms,level,message,\
                  session_id,action,extra\r\n";
    let expected = format!("{header}{line}{line}");
    assert_eq!(String::from_utf8(content).unwrap(), expected);
    let names: Vec<_> = columns(Source::Events)
        .into_iter()
        .map(|c| c.name)
        .collect();
    let described = json!({
        "file_name": "events-2026-03-01T12-00-00Z.csv", "rows": 2, "bytes": expected.len(),
        "source": "events", "format": "csv", "compression": "none", "columns": names,
        "from": null, "to": null,
    });
    assert_eq!(result, described);
}

#[tokio::test]
async fn the_source_is_asked_for_what_the_input_says() {
    let scene = Scene::new(logs(1, "m"));
    let input = json!({"source": "logs", "format": "jsonl", "columns": ["message", "id"],
        "from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00+01:00"});
    let (result, _) = scene.export(input).await;
    let (tenant, query) = scene.source.asked().pop().unwrap();
    assert_eq!(tenant, scene.context.tenant);
    assert_eq!(query.source, Source::Logs);
    assert_eq!(result["columns"], json!(["message", "id"]));
    assert_eq!(result["to"], "2026-02-01T00:00:00+01:00");
    assert_eq!(
        query.from,
        Some(time::macros::datetime!(2026-01-01 0:00 UTC))
    );
    assert_eq!(
        query.to,
        Some(time::macros::datetime!(2026-01-31 23:00 UTC))
    );
}

#[tokio::test]
async fn nothing_makes_an_empty_file_of_its_format() {
    for (format, expected) in [
        ("csv", &b"id,at,service,level,message,extra\r\n"[..]),
        ("jsonl", b""),
    ] {
        let input = json!({"source": "logs", "format": format});
        let (result, content) = Scene::new(vec![]).export(input).await;
        assert_eq!(content, expected);
        assert_eq!(result["rows"], 0);
    }
    let (_, content) = Scene::new(vec![])
        .export(json!({"source": "logs", "format": "parquet"}))
        .await;
    assert!(content.starts_with(b"PAR1") && content.ends_with(b"PAR1"));
}

#[tokio::test]
async fn progress_counts_rows() {
    let scene = Scene::new(logs(1_200, "m"));
    scene.export(json!({"source": "logs"})).await;
    let progress = scene.progress();
    let expected = [
        (0, "0 of 1200 rows".into()),
        (41, "500 of 1200 rows".into()),
        (82, "1000 of 1200 rows".into()),
        (99, "1200 of 1200 rows".into()),
    ];
    assert_eq!(progress, expected);
    let source = CannedSource::new(logs(3, "m"), &Faults::default()).uncounted();
    let scene = Scene::over(source, Faults::default());
    scene.export(json!({"source": "logs"})).await;
    assert_eq!(scene.progress()[1], (0, "3 rows".into()));
}

#[tokio::test]
async fn a_large_file_goes_in_parts() {
    let scene = Scene::new(logs(3_000, &"long ".repeat(2_000)));
    let (_, content) = scene.export(json!({"source": "logs"})).await;
    assert!(content.len() > 3 * PART);
    assert_eq!(scene.files.largest_part(), PART);
    assert_eq!(
        scene.faults.count("files.put"),
        content.len().div_ceil(PART)
    );
}

#[tokio::test(start_paused = true)]
async fn while_parts_do_not_arrive_no_more_rows_are_read() {
    let rows = 40_000;
    let scene = Scene::new(logs(rows, &"long ".repeat(200)));
    scene.faults.always("files.put", Fault::HangBefore);
    let run = scene.run(json!({"source": "logs"}));
    tokio::time::timeout(Duration::from_mins(1), run)
        .await
        .unwrap_err();
    let read = (scene.faults.count("rows.next") - 1) * MOST_ROWS_AT_ONCE;
    // A row has some 1,040 bytes: two parts travel, the third waits.
    assert!(
        read * 1_000 > 2 * PART && read * 1_000 < 4 * PART,
        "{read} of {rows} rows"
    );
}

#[tokio::test]
async fn a_cancelled_export_leaves_nothing() {
    for call in ["files.start", "files.put", "files.finish", "rows.next"] {
        for fault in [Fault::HangBefore, Fault::HangAfter] {
            let scene = Scene::new(logs(2_000, &"long ".repeat(2_000)));
            scene.faults.on(call, 2, fault);
            if call == "files.start" || call == "files.finish" {
                scene.faults.clear();
                scene.faults.on(call, 1, fault);
            }
            let run = scene.run(json!({"source": "logs"}));
            let cut = tokio::time::timeout(Duration::from_millis(300), run).await;
            cut.expect_err("it hangs until it is dropped");
            if call == "files.start" {
                // Such a start never ends: a real client gives up by itself.
                continue;
            }
            scene.uploads.closed().await;
            assert_eq!(scene.files.unfinished(), [""; 0], "{call} {fault:?}");
        }
    }
}

#[tokio::test]
async fn an_export_that_is_cancelled_while_it_starts_is_aborted_once_it_has() {
    let scene = Scene::new(logs(1, "m"));
    let mut run = Box::pin(scene.run(json!({"source": "logs"})));
    while scene.faults.count("files.start") == 0 {
        let soon = tokio::time::timeout(Duration::from_micros(1), &mut run).await;
        if soon.is_ok() {
            break;
        }
    }
    drop(run);
    scene.uploads.closed().await;
    assert_eq!(scene.files.unfinished(), [""; 0]);
}

#[tokio::test]
async fn a_failed_export_leaves_nothing() {
    for (call, nth) in [("rows.next", 3), ("files.put", 2), ("files.finish", 1)] {
        for fault in [Fault::Unavailable, Fault::Broken] {
            let scene = Scene::new(logs(2_000, &"long ".repeat(2_000)));
            scene.faults.on(call, nth, fault);
            let failure = scene.run(json!({"source": "logs"})).await.unwrap_err();
            assert_eq!(failure.retry.may_help(), fault == Fault::Unavailable);
            scene.uploads.closed().await;
            assert_eq!(scene.files.unfinished(), [""; 0], "{call} {fault:?}");
            assert_eq!(scene.files.keys(), [""; 0], "{call} {fault:?}");
        }
    }
}

#[tokio::test]
async fn the_next_attempt_removes_what_a_killed_worker_left() {
    let scene = Scene::new(logs(2_000, &"long ".repeat(2_000)));
    scene.faults.always("files.abort", Fault::Unavailable);
    scene.faults.on("rows.next", 3, Fault::Unavailable);
    scene.run(json!({"source": "logs"})).await.unwrap_err();
    assert_eq!(scene.files.unfinished().len(), 1);
    scene.export(json!({"source": "logs"})).await;
}

#[test]
fn every_mistake_is_named_by_its_field() {
    let id = build::request_id().to_string();
    for (input, fields) in [
        (json!({}), &[""][..]),
        (json!({"source": "moon"}), &["source"]),
        (json!({"source": "events", "format": "xlsx"}), &["format"]),
        (
            json!({"source": "events", "compression": "zip"}),
            &["compression"],
        ),
        (json!({"source": "events", "formt": "csv"}), &["formt"]),
        (json!({"source": "events", "from": "yesterday"}), &["from"]),
        (
            json!({"source": "events", "from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}),
            &["to"],
        ),
        (json!({"source": "events", "columns": []}), &["columns"]),
        (
            json!({"source": "events", "columns": ["id", "moon", "id"]}),
            &["columns[1]", "columns[2]"],
        ),
        (
            json!({"source": "users", "columns": ["email"]}),
            &["columns[0]"],
        ),
        (json!({"source": "report"}), &["report"]),
        (json!({"source": "report", "report": "x"}), &["report"]),
        (json!({"source": "events", "report": id}), &["report"]),
        (
            json!({"source": "report", "report": id, "from": "2026-01-01T00:00:00Z"}),
            &["from"],
        ),
    ] {
        let found = errors(&input);
        let named: Vec<_> = found.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(named, fields, "{input}: {found:?}");
    }
    for good in [
        json!({"source": "report", "report": id, "columns": ["anything"]}),
        json!({"source": "tasks", "format": "parquet", "compression": "gzip"}),
    ] {
        assert_eq!(errors(&good), [], "{good}");
    }
    let message = &errors(&json!({"source": "users", "columns": ["email"]}))[0].message;
    assert_eq!(message, "must be one of user, first_seen, last_seen");
}

#[tokio::test]
async fn tasks_are_exported_from_their_list() {
    let scene = Scene::new(vec![]);
    let mut expected = vec![];
    for n in 0..250 {
        let mut task = build::task(&scene.context.tenant, "aggregate", json!({"secret": n}));
        task.tags = vec![format!("tag-{n}")];
        expected.insert(
            0,
            json!({"request_id": task.request_id.to_string(),
            "status": "processing", "tags": [format!("tag-{n}")]}),
        );
        scene.tasks.put(task);
    }
    scene
        .tasks
        .put(build::task(&build::tenant(), "aggregate", json!({})));
    let input = json!({"source": "tasks", "format": "jsonl",
        "columns": ["request_id", "status", "tags", "error_code"]});
    let (result, content) = scene.export(input).await;
    assert_eq!(result["rows"], 250);
    assert_eq!(lines(&content), expected);
}

fn lines(content: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(content).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

impl Scene {
    /// A completed aggregate with these rows.
    async fn report(&self, rows: Value, stored: bool) -> RequestId {
        let input = json!({"group_by": ["time", "service"]});
        let mut task = build::task(&self.context.tenant, "aggregate", input);
        let (token, id) = (build::lease_token(), task.request_id);
        task.claim(token, NOW, time::Duration::MINUTE).unwrap();
        let value = json!({"rows": rows, "whole": true});
        let result = if stored {
            use domain::ports::ResultStore as _;
            let key = self.results.put(&task.tenant, id, 1, &value).await.unwrap();
            TaskResult::Stored { key, bytes: 40_000 }
        } else {
            TaskResult::Inline { value }
        };
        task.complete(token, result, NOW).unwrap();
        self.tasks.put(task);
        id
    }
}

#[tokio::test]
async fn a_report_is_exported_with_its_own_columns() {
    let scene = Scene::new(vec![]);
    let rows = json!([
        {"service": "shop", "time": "2026-01-01T00:00:00Z", "count": 2, "mean": 1, "p95": 2.5},
        {"service": "=1+1", "time": "2026-01-01T01:00:00Z", "count": 1, "mean": 0.5, "p95": null},
    ]);
    for stored in [false, true] {
        let id = scene.report(rows.clone(), stored).await;
        let (result, content) = scene
            .export(json!({"source": "report", "report": id}))
            .await;
        let expected = "time,service,count,mean,p95\r\n2026-01-01T00:00:00Z,shop,2,1,2.5\r\n\
                        2026-01-01T01:00:00Z,'=1+1,1,0.5,\r\n";
        assert_eq!(String::from_utf8(content).unwrap(), expected);
        assert_eq!(result["file_name"], "report-2026-03-01T12-00-00Z.csv");
        let input = json!({"source": "report", "report": id, "format": "jsonl",
            "columns": ["p95", "time"]});
        let (_, content) = scene.export(input).await;
        let expected = [
            json!({"p95": 2.5, "time": "2026-01-01T00:00:00Z"}),
            json!({"time": "2026-01-01T01:00:00Z"}),
        ];
        assert_eq!(lines(&content), expected);
    }
}

#[tokio::test]
async fn a_report_that_is_not_there_is_told_apart_from_one_that_is_not_ready() {
    let scene = Scene::new(vec![]);
    let waiting = build::task(&scene.context.tenant, "aggregate", json!({}));
    let foreign = build::task(&build::tenant(), "aggregate", json!({}));
    let other = build::task(&scene.context.tenant, "external", json!({}));
    for (task, code) in [
        (waiting, "report_not_ready"),
        (foreign, "report_not_found"),
        (other, "report_not_found"),
    ] {
        let input = json!({"source": "report", "report": task.request_id});
        scene.tasks.put(task);
        let failure = scene.run(input).await.unwrap_err();
        assert_eq!(failure.code, code);
        assert_eq!(failure.retry.may_help(), code == "report_not_ready");
    }
    let id = scene.report(json!([{"count": 1}]), false).await;
    let input = json!({"source": "report", "report": id, "columns": ["count", "moon"]});
    let failure = scene.run(input).await.unwrap_err();
    assert_eq!(failure.message, "columns: each must be one of count");
}

#[test]
fn the_kind_is_the_one_whose_results_get_links() {
    assert!(!described::<Export>().is_outside());
    assert_eq!(Export::NAME, "export");
}
