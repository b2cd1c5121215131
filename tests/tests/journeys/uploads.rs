//! A file goes straight to S3 by a form of ours, and a task reads it.

use end_to_end::{Caller, Stack};
use serde_json::{Value, json};

/// What a browser sends of a form with a file in it.
fn multipart(fields: &Value, file: &[u8]) -> (String, Vec<u8>) {
    let boundary = "----a-line-that-no-file-of-a-test-holds";
    let mut body = Vec::new();
    for (name, value) in fields.as_object().expect("fields") {
        let value = value.as_str().expect("a text");
        let part = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend_from_slice(file);
    body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// Posts a file by an offered form, and gives the HTTP status.
async fn post(offer: &Value, file: &[u8]) -> u16 {
    let url = offer["url"].as_str().expect("a url");
    let (content_type, body) = multipart(&offer["fields"], file);
    let request = reqwest::Client::new().post(url);
    let request = request.header("content-type", content_type).body(body);
    let response = request.send().await.expect("S3 answers");
    response.status().as_u16()
}

/// Uploads a file and gives its name.
async fn upload(caller: &Caller, file_name: &str, file: &[u8]) -> Value {
    let body = json!({"file_name": file_name, "bytes": file.len()});
    let offer = caller.post("/uploads", &body).await.expect(201);
    assert_eq!(post(&offer, file).await, 201);
    offer["upload_id"].clone()
}

async fn analysed(caller: &Caller, input: Value) -> Value {
    let body = json!({"kind": "analyze", "input": input});
    let confirmation = caller.post("/tasks", &body).await.expect(202);
    let id = confirmation["request_id"].as_str().expect("a request_id");
    caller.ended(id).await
}

#[tokio::test]
async fn an_uploaded_file_is_analysed() {
    let caller = Stack::running().await.new_tenant().await;
    let mut csv = b"id;review\n".to_vec();
    csv.extend("a;The battery life is wonderful – I love it!\n".as_bytes());
    csv.extend(b"b;Battery life is terrible. It broke in a caf\xe9.\n");
    let upload_id = upload(&caller, "reviews.csv", &csv).await;
    let input = json!({"upload_id": upload_id, "text_column": "review"});
    let task = analysed(&caller, input).await;
    assert_eq!(task["status"], "completed", "{task}");
    let result = &task["result"];
    assert_eq!(result["documents"][0]["id"], "a");
    assert!(
        result["documents"][0]["sentiment"]
            .as_f64()
            .expect("a number")
            > 0.3
    );
    assert!(
        result["documents"][1]["sentiment"]
            .as_f64()
            .expect("a number")
            < -0.3
    );
    let origin = json!({"source": "upload", "format": "csv", "encoding": "utf-8", "mended_lines": 1, "blank": 0});
    assert_eq!(result["input"], origin);

    // Nobody else's, though the name is known.
    let stranger = Stack::running().await.new_tenant().await;
    let task = analysed(&stranger, json!({ "upload_id": upload_id })).await;
    assert_eq!(task["status"], "failed");
    assert_eq!(task["error"]["code"], "upload_not_found");
}

#[tokio::test]
async fn s3_refuses_what_the_form_does_not_allow() {
    let caller = Stack::running().await.new_tenant().await;
    let body = json!({"file_name": "reviews.csv", "bytes": 10});
    let offer = caller.post("/uploads", &body).await.expect(201);
    assert_eq!(post(&offer, &[b'x'; 11]).await, 400);
    let mut elsewhere = offer.clone();
    elsewhere["fields"]["key"] = json!("another-tenant/file");
    assert_eq!(post(&elsewhere, b"x").await, 403);
    let mut otherwise = offer.clone();
    otherwise["fields"]["content-type"] = json!("text/html");
    assert_eq!(post(&otherwise, b"x").await, 403);
    assert_eq!(post(&offer, &[b'x'; 10]).await, 201);
}

#[tokio::test]
async fn a_corrupt_file_ends_its_task_and_no_other() {
    let caller = Stack::running().await.new_tenant().await;
    let files: [(&str, Vec<u8>, &str); 4] = [
        (
            "a.csv",
            b"id,text\n1,Good\n2\n".to_vec(),
            "csv_wrong_field_count",
        ),
        (
            "b.jsonl",
            b"{\"text\":\"Good\"}\n{\"text\":".to_vec(),
            "jsonl_malformed",
        ),
        (
            "c.txt",
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00".to_vec(),
            "upload_not_text",
        ),
        ("d.txt", vec![b'x'; 10 * 1024 * 1024], "document_too_large"),
    ];
    for (name, file, code) in files {
        let upload_id = upload(&caller, name, &file).await;
        let task = analysed(&caller, json!({ "upload_id": upload_id })).await;
        assert_eq!(task["status"], "failed", "{name}");
        assert_eq!(task["error"]["code"], code, "{name}");
        let message = task["error"]["message"].as_str().expect("a message");
        assert!(message.starts_with("Line "), "{message}");
    }
    let empty = upload(&caller, "nothing.txt", b"").await;
    let task = analysed(&caller, json!({ "upload_id": empty })).await;
    assert_eq!(task["status"], "completed", "{task}");
    assert_eq!(task["result"]["summary"]["count"], 0);
}

#[tokio::test]
async fn log_lines_are_analysed() {
    let caller = Stack::running().await.new_tenant().await;
    let line = |id: &str, message: &str| {
        json!({"id": id, "type": "log", "at": "2026-01-01T12:00:00Z", "service": "shop",
            "level": "error", "message": message})
    };
    let events =
        json!({"events": [line("l-1", "Payment (card) failed"), line("l-2", "Disk is full")]});
    caller.post("/events", &events).await.expect(200);
    let query = json!({"query": {"source": "logs", "service": "shop", "text": "payment (CARD)"}});
    let task = analysed(&caller, query).await;
    assert_eq!(task["status"], "completed", "{task}");
    assert_eq!(task["result"]["documents"][0]["id"], "l-1");
    assert_eq!(task["result"]["summary"]["count"], 1);
    let later = json!({"query": {"source": "logs", "from": "2026-02-01T00:00:00Z"}});
    let task = analysed(&caller, later).await;
    assert_eq!(task["result"]["summary"]["count"], 0, "{task}");
}

#[tokio::test]
async fn tens_of_thousands_of_texts_are_one_task() {
    let caller = Stack::running().await.new_tenant().await;
    let judged = ["wonderful", "terrible", "made of cardboard"];
    // VADER takes some numbers alone for words.
    let line = |n: usize| format!("Parcel b{n} of the blue lamp is {}.\n", judged[n % 3]);
    let file: String = (0..20_000).map(line).collect();
    let upload_id = upload(&caller, "lines.txt", file.as_bytes()).await;
    let task = analysed(&caller, json!({ "upload_id": upload_id })).await;
    assert_eq!(task["status"], "completed", "{}", task["error"]);
    let updates = task["updates"].as_array().expect("a list");
    let told = |update: &Value| {
        update["progress"]["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let counted = updates
        .iter()
        .map(told)
        .filter(|told| told.ends_with(" of 20000 documents"));
    assert!(counted.count() > 1, "{updates:?}");

    let url = task["result_url"].as_str().expect("a link");
    let result = reqwest::get(url).await.expect("S3 answers");
    let result: Value = result.json().await.expect("JSON");
    assert_eq!(result["documents"].as_array().map(Vec::len), Some(20_000));
    let sentiment = &result["summary"]["sentiment"];
    assert_eq!(
        (&sentiment["positive"], &sentiment["negative"]),
        (&json!(6_667), &json!(6_667))
    );
}
