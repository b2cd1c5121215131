//! Figures over time, and events that come late.

use end_to_end::Stack;
use serde_json::{Value, json};

use crate::traffic::{nearest_rank, requests, response_time, service};

const HOURS: &str = "from=2024-05-01T09:00:00Z&to=2024-05-01T12:00:00Z&bucket=hour";

#[tokio::test]
async fn series_equal_those_computed_from_the_events() {
    let caller = Stack::running().await.new_tenant().await;
    // Five minutes, all of them in the second hour.
    let body = json!({"events": requests(300)});
    caller.post("/events", &body).await.expect(200);

    let metrics = "metric=requests,errors,active_users,latency_p95,latency_p50";
    let path = format!("/dashboard/timeseries?{metrics}&{HOURS}");
    let first = caller.get(&path).await.expect(200);
    let mut times: Vec<f64> = (0..300).map(response_time).collect();
    let expected = json!({
        "from": "2024-05-01T09:00:00Z", "to": "2024-05-01T12:00:00Z", "bucket": "hour",
        "times": ["2024-05-01T09:00:00Z", "2024-05-01T10:00:00Z", "2024-05-01T11:00:00Z"],
        "series": [
            {"metric": "requests", "group": null, "values": [0, 300, 0]},
            {"metric": "errors", "group": null, "values": [0, 30, 0]},
            {"metric": "active_users", "group": null, "values": [0, 5, 0]},
            {"metric": "latency_p95", "group": null, "values": [null, nearest_rank(&mut times, 0.95), null]},
            {"metric": "latency_p50", "group": null, "values": [null, nearest_rank(&mut times, 0.5), null]},
        ],
    });
    assert_eq!(first, expected);
    assert_eq!(caller.get(&path).await.expect(200), expected, "again");

    let path = "/dashboard/timeseries?metric=requests&bucket=minute&group_by=service\
        &from=2024-05-01T10:00:00Z&to=2024-05-01T10:05:00Z";
    let minutes = caller.get(path).await.expect(200);
    for (line, group) in [(0, "shop"), (1, "cart")] {
        let line = &minutes["series"][line];
        assert_eq!(line["group"], group);
        let counts = (0..5).map(|minute| {
            let minute = minute * 60..minute * 60 + 60;
            minute.filter(|n| service(*n) == group).count()
        });
        assert_eq!(line["values"], json!(counts.collect::<Vec<_>>()));
    }
}

#[tokio::test]
async fn events_that_come_late_show_at_once() {
    let caller = Stack::running().await.new_tenant().await;
    let counted = async |bucket: &str| {
        let range = "from=2024-05-01T00:00:00Z&to=2024-05-02T00:00:00Z";
        let path = format!("/dashboard/timeseries?metric=requests&{range}&bucket={bucket}");
        let values = caller.get(&path).await.expect(200)["series"][0]["values"].clone();
        let values = values.as_array().expect("values").iter();
        values.filter_map(Value::as_u64).sum::<u64>()
    };
    let events = requests(40);
    let mut known = 0;
    for batch in [25, 1, 4, 10] {
        let body = json!({"events": events[known..known + batch]});
        caller.post("/events", &body).await.expect(200);
        known += batch;
        for bucket in ["hour", "day", "day", "hour", "minute"] {
            assert_eq!(counted(bucket).await, known as u64, "{bucket}");
        }
    }
}

#[tokio::test]
async fn too_much_is_refused_with_a_code() {
    let caller = Stack::running().await.new_tenant().await;
    let path = "/dashboard/timeseries?metric=requests&bucket=minute&from=2024-05-01T00:00:00Z&to=2024-06-01T00:00:00Z";
    let answer = caller.get(path).await;
    assert_eq!((answer.status, answer.code()), (400, "too_many_buckets"));
}
