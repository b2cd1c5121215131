//! What the model says, and what is made of it.

use domain::Retry;
use serde_json::json;
use testkit::memory::Take;

use super::scene::{USAGE, input, is_summary, judge, scene, usd};
use crate::analyze::Provider;

#[tokio::test]
async fn the_model_judges_and_its_cost_is_told() {
    let scene = scene(judge);
    let result = scene.run(&input(45)).await.unwrap();
    let first = &result["documents"][0];
    assert_eq!(first["sentiment"], 0.5);
    assert_eq!(first["topic"], "battery");
    assert_eq!(
        first["entities"],
        json!([{"type": "person", "text": "Ada"}])
    );
    assert_eq!(first["provider"], "bedrock");
    assert_eq!(first["language"]["code"], "en");
    let summary = &result["summary"];
    assert_eq!(summary["text"], "People like it.");
    assert_eq!(summary["sentiment"]["positive"], 45);
    assert_eq!(summary["topics"][0]["label"], "battery");
    assert_eq!(summary["topics"][0]["count"], 45);
    // Three prompts for the documents, one for the summary.
    let bill = json!({"id": "vendor.small", "calls": 4, "input_tokens": 4_000, "output_tokens": 400,
        "cost_usd": 0.006, "unanswered": 0});
    assert_eq!(
        (&result["model"], &result["provider"]),
        (&bill, &json!("bedrock"))
    );
    assert_eq!(scene.spent(), usd("0.006"));
}

#[tokio::test]
async fn partial_text_and_counts_are_told_as_progress() {
    let scene = scene(judge);
    scene.run(&input(3)).await.unwrap();
    let reports = scene.reports.0.lock().unwrap();
    let messages: Vec<_> = reports
        .iter()
        .map(|report| report.message.as_str())
        .collect();
    assert!(
        messages.contains(&"0 of 3 documents judged: {\"entit"),
        "{messages:?}"
    );
    assert!(
        messages
            .iter()
            .any(|message| message.starts_with("3 of 3 ")),
        "{messages:?}"
    );
    assert_eq!(
        messages[messages.len() - 2..],
        ["summary: People like", "summary: People like it."]
    );
    assert!(
        reports.is_sorted_by_key(|report| report.percent),
        "{reports:?}"
    );
}

#[tokio::test]
async fn what_the_model_leaves_out_or_makes_up_is_the_built_in_analysis() {
    let scene = scene(|prompt| {
        if is_summary(prompt) {
            return Take::Say(vec![], USAGE);
        }
        let lines = [
            "Here you are:\n```json\n",
            "{\"n\":2,\"sentiment\":-7}\n",
            "{\"n\":2,\"sentiment\":0.1}\n",
            "{\"n\":9,\"sentiment\":1}\n{\"n\":0,\"sentiment\":1}\n",
            "{\"n\":1,\"sentiment\":\"good\"}\n{\"n\":1}\nnull\n```",
        ];
        Take::Say(lines.map(Into::into).into(), USAGE)
    });
    let result = scene.run(&input(3)).await.unwrap();
    let judged: Vec<_> = (0..3)
        .map(|n| result["documents"][n]["provider"].clone())
        .collect();
    assert_eq!(judged, ["builtin", "bedrock", "builtin"]);
    assert_eq!(result["documents"][1]["sentiment"], -1.0);
    assert!(result["documents"][0]["sentiment"].as_f64().unwrap() > 0.3);
    assert_eq!(result["model"]["unanswered"], 2);
    // The model had nothing to say in sum, so the counts do.
    assert!(
        result["summary"]["text"]
            .as_str()
            .unwrap()
            .starts_with("3 documents")
    );
}

#[tokio::test]
async fn an_answer_in_no_form_is_told() {
    let scene = scene(|_| Take::Say(vec!["I cannot help with that.".into()], USAGE));
    let failure = scene.run(&input(2)).await.unwrap_err();
    assert_eq!(
        (&*failure.code, failure.retry),
        ("model_answer_unusable", Retry::Permanent)
    );
    assert_eq!(scene.spent(), usd("0.0015"));
}

#[tokio::test]
async fn an_empty_set_asks_nobody() {
    let scene = scene(judge);
    let query = json!({"provider": "bedrock", "query": {"source": "logs"}});
    let result = scene.run(&query).await.unwrap();
    assert_eq!(result["summary"]["count"], 0);
    assert_eq!(result["model"]["calls"], 0);
    assert_eq!(scene.model.asked(), []);
}

#[tokio::test]
async fn the_setting_decides_where_the_input_does_not() {
    let mut scene = scene(judge);
    let mut input = input(1);
    input.as_object_mut().unwrap().remove("provider");
    assert_eq!(scene.run(&input).await.unwrap()["provider"], "builtin");
    scene.analyze.needs.provider = Provider::Bedrock;
    assert_eq!(scene.run(&input).await.unwrap()["provider"], "bedrock");
    scene.analyze.needs.model = None;
    let failure = scene.run(&input).await.unwrap_err();
    assert_eq!(
        (&*failure.code, failure.retry),
        ("provider_not_configured", Retry::Permanent)
    );
}
