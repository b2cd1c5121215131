//! Nobody sees another tenant's data.

use end_to_end::Stack;
use serde_json::json;

use crate::traffic::requests;

#[tokio::test]
async fn another_tenant_sees_nothing() {
    let stack = Stack::running().await;
    let (ours, theirs) = (stack.new_tenant().await, stack.new_tenant().await);
    ours.post("/events", &json!({"events": requests(20)}))
        .await
        .expect(200);
    let mut foreign = theirs.socket().await;
    let id = ours.submit_aggregate(json!({"window": "all"})).await;
    assert_eq!(ours.ended(&id).await["result"]["rows"][0]["count"], 13);

    for path in [format!("/tasks/{id}"), format!("/tasks/{id}/result")] {
        let answer = theirs.get(&path).await;
        assert_eq!(
            (answer.status, answer.code()),
            (404, "task_not_found"),
            "{path}"
        );
    }
    assert_eq!(theirs.get("/tasks").await.expect(200)["tasks"], json!([]));
    assert_eq!(
        theirs.get("/dashboard?window=all").await.expect(200)["user_count"],
        0
    );

    let own = theirs.submit_aggregate(json!({"window": "all"})).await;
    let frames = foreign.updates_of(&own).await;
    assert_eq!(frames.last().expect("a frame")["result"]["rows"], json!([]));

    // The same event ids belong to each tenant on its own.
    let outcome = theirs
        .post("/events", &json!({"events": requests(20)}))
        .await
        .expect(200);
    assert_eq!(outcome["accepted"], 20);
}

#[tokio::test]
async fn a_colleague_sees_the_tenants_tasks() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let colleague = stack.new_user(&caller.tenant, &[]).await;
    let id = caller.submit_aggregate(json!({"window": "all"})).await;
    assert_eq!(colleague.ended(&id).await["status"], "completed");
}
