//! Bad input gets a clear answer with a stable code, and leaves nothing half-written.

use end_to_end::Stack;
use serde_json::json;

#[tokio::test]
async fn without_a_good_token_there_is_no_answer() {
    let stack = Stack::running().await;
    let good = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
    for token in [None, Some("nonsense"), Some(good)] {
        let caller = stack.caller(token);
        for path in [
            "/dashboard",
            "/tasks",
            "/tasks/01890a5d-ac96-774b-bcce-b302099a8057",
        ] {
            assert_eq!(caller.get(path).await.status, 401, "{path} with {token:?}");
        }
        assert_eq!(
            caller
                .post("/tasks", &json!({"kind": "aggregate"}))
                .await
                .status,
            401
        );
    }
}

#[tokio::test]
async fn a_wrong_body_is_refused_with_its_code() {
    let caller = Stack::running().await.new_tenant().await;
    for (body, status, code) in [
        ("{\"kind\":", 400, "malformed_json"),
        ("[]", 422, "invalid_body"),
        ("{\"kind\":7}", 422, "invalid_body"),
        ("{\"kind\":\"aggregate\",\"colour\":1}", 422, "invalid_body"),
        ("{\"kind\":\"dance\"}", 400, "unknown_kind"),
        (
            "{\"kind\":\"aggregate\",\"input\":{\"group_by\":[\"moon\"]}}",
            422,
            "invalid_input",
        ),
        (
            "{\"kind\":\"aggregate\",\"input\":{\"window\":\"2y\"}}",
            422,
            "invalid_input",
        ),
    ] {
        let answer = caller.post_text("/tasks", body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (status, code),
            "{body}: {}",
            answer.body
        );
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert!(
            answer.body["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty())
        );
    }
    let padding = "x".repeat(2 * 1024 * 1024);
    let answer = caller
        .post("/tasks", &json!({"kind": "aggregate", "input": padding}))
        .await;
    assert_eq!((answer.status, answer.code()), (413, "body_too_large"));
    let list = caller.get("/tasks").await.expect(200);
    assert_eq!(list["tasks"], json!([]), "a refused task leaves no trace");
}

#[tokio::test]
async fn wrong_batches_of_events_are_refused_whole() {
    let caller = Stack::running().await.new_tenant().await;
    let too_many: Vec<_> = (0..1_001).map(|n| json!({"id": n.to_string()})).collect();
    let answer = caller.post("/events", &json!({"events": too_many})).await;
    assert_eq!(
        (answer.status, answer.code()),
        (413, "too_many_events"),
        "{}",
        answer.body
    );
    let answer = caller.post("/events", &json!({"event": []})).await;
    assert_eq!(
        (answer.status, answer.code()),
        (422, "invalid_body"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn unknown_places_are_not_found() {
    let caller = Stack::running().await.new_tenant().await;
    for (path, code) in [
        ("/nowhere", "not_found"),
        (
            "/tasks/01890a5d-ac96-774b-bcce-b302099a8057",
            "task_not_found",
        ),
        ("/tasks/not-an-id", "task_not_found"),
        (
            "/tasks/01890a5d-ac96-774b-bcce-b302099a8057/result",
            "task_not_found",
        ),
    ] {
        let answer = caller.get(path).await;
        assert_eq!((answer.status, answer.code()), (404, code), "{path}");
    }
    for path in [
        "/dashboard?window=2y",
        "/tasks?limit=0",
        "/tasks?status=done",
        "/tasks?cursor=%21",
    ] {
        let answer = caller.get(path).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "invalid_query"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_description_of_the_api_is_served() {
    let answer = Stack::running()
        .await
        .caller(None)
        .get("/openapi.json")
        .await
        .expect(200);
    assert!(
        answer["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3."))
    );
    for path in [
        "/dashboard",
        "/events",
        "/tasks",
        "/tasks/{id}",
        "/realtime/tickets",
    ] {
        assert!(
            answer["paths"].get(path).is_some(),
            "{path} is not described"
        );
    }
}
