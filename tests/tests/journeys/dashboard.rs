//! Events in, figures out.

use end_to_end::Stack;
use serde_json::json;

use crate::traffic::{assert_close, mean, requests, response_time};

#[tokio::test]
async fn health_is_open_and_names_both_stores() {
    let answer = Stack::running()
        .await
        .caller(None)
        .get("/health")
        .await
        .expect(200);
    assert_eq!(answer["status"], "ok");
    assert_eq!(answer["checks"], json!({"mongodb": "ok", "postgres": "ok"}));
}

#[tokio::test]
async fn figures_equal_those_computed_from_the_events() {
    let caller = Stack::running().await.new_tenant().await;
    let empty = caller.get("/dashboard?window=all").await.expect(200);
    let none = json!({"user_count": 0, "active_sessions": 0, "avg_response_time_ms": 0.0});
    assert_eq!(empty, none);

    let mut events = requests(300);
    for (id, at, session, action) in [
        ("s-1", "2024-05-01T09:50:00Z", "first", "start"),
        ("s-2", "2024-05-01T10:01:00Z", "second", "start"),
        ("s-3", "2024-05-01T10:02:00Z", "second", "end"),
        // Idle for over 30 minutes when the newest request came in.
        ("s-4", "2024-05-01T09:00:00Z", "third", "start"),
    ] {
        events.push(
            json!({"id": id, "type": "session", "at": at, "session_id": session,
            "action": action, "user": "user-of-a-session"}),
        );
    }
    let outcome = caller
        .post("/events", &json!({"events": events}))
        .await
        .expect(200);
    assert_eq!(
        outcome,
        json!({"accepted": 304, "duplicates": 0, "errors": []})
    );

    let figures = caller.get("/dashboard?window=all").await.expect(200);
    assert_eq!(figures["user_count"], 6);
    assert_eq!(figures["active_sessions"], 1);
    let times: Vec<f64> = (0..300).map(response_time).collect();
    assert_close(&figures["avg_response_time_ms"], mean(&times));
    assert_eq!(
        figures.as_object().map(serde_json::Map::len),
        Some(3),
        "exactly three fields"
    );

    let day = caller.get("/dashboard").await.expect(200);
    assert_eq!(
        day["avg_response_time_ms"], 0.0,
        "nothing happened in the last 24 hours"
    );

    let again = caller
        .post("/events", &json!({"events": events}))
        .await
        .expect(200);
    assert_eq!(
        again,
        json!({"accepted": 0, "duplicates": 304, "errors": []})
    );
    assert_eq!(
        caller.get("/dashboard?window=all").await.expect(200),
        figures
    );
}

#[tokio::test]
async fn bad_items_are_named_and_the_others_kept() {
    let caller = Stack::running().await.new_tenant().await;
    let mut events = requests(3);
    events[1]["status"] = json!("200");
    events.push(json!({"id": "x", "type": "metric"}));
    events.push(json!("not an event"));
    let outcome = caller
        .post("/events", &json!({"events": events}))
        .await
        .expect(200);
    assert_eq!(outcome["accepted"], 2);
    let errors: Vec<_> = outcome["errors"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|error| (error["index"].as_u64(), error["code"].as_str()))
        .collect();
    let expected = [
        (Some(1), Some("invalid_field")),
        (Some(3), Some("unknown_type")),
        (Some(4), Some("not_an_object")),
    ];
    assert_eq!(errors, expected);
    assert_eq!(
        caller.get("/dashboard?window=all").await.expect(200)["user_count"],
        2
    );
}
