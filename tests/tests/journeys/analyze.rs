//! Texts are analysed without anything outside the stack.

use end_to_end::Stack;
use serde_json::{Value, json};

#[tokio::test]
async fn documents_get_their_languages_and_sentiments() {
    let caller = Stack::running().await.new_tenant().await;
    let documents = json!([
        {"id": "glad", "text": "The battery life is wonderful and I am very happy with it."},
        {"id": "sad", "text": "Battery life is terrible. It broke after a week, what a waste of money!"},
        {"id": "neutral", "text": "Das Paket kam gestern an, und die Anleitung liegt in deutscher Sprache bei."},
    ]);
    let body = json!({"kind": "analyze", "input": {"documents": documents}});
    let confirmation = caller.post("/tasks", &body).await.expect(202);
    let id = confirmation["request_id"].as_str().expect("a request_id");
    let task = caller.ended(id).await;
    assert_eq!(task["status"], "completed", "{task}");

    let result = &task["result"];
    let told = |field: fn(&Value) -> &Value| -> Vec<Value> {
        let documents = result["documents"].as_array().expect("a list");
        documents.iter().map(|d| field(d).clone()).collect()
    };
    assert_eq!(told(|d| &d["id"]), ["glad", "sad", "neutral"]);
    assert_eq!(told(|d| &d["language"]["code"]), ["en", "en", "de"]);
    let sentiments: Vec<_> = told(|d| &d["sentiment"])
        .iter()
        .map(|s| s.as_f64().expect("a number"))
        .collect();
    assert!(
        sentiments[0] > 0.3 && sentiments[1] < -0.3,
        "{sentiments:?}"
    );
    assert!(sentiments[2].abs() < 0.05, "{sentiments:?}");

    let summary = &result["summary"];
    assert_eq!(summary["count"], 3);
    assert_eq!(summary["topics"][0]["label"], "battery life");
    assert_eq!(summary["topics"][0]["documents"], json!(["glad", "sad"]));
}

#[tokio::test]
async fn nothing_to_analyse_is_refused_before_it_is_queued() {
    let caller = Stack::running().await.new_tenant().await;
    let body = json!({"kind": "analyze", "input": {"documents": []}});
    let refusal = caller.post("/tasks", &body).await.expect(422);
    assert_eq!(refusal["code"], "invalid_input");
    assert_eq!(refusal["errors"][0]["field"], "input.documents");
}
