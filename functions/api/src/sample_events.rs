//! Every file in `events/api` is answered, with the status it stands for.

use std::collections::BTreeSet;

use insta::assert_json_snapshot;

use crate::scene::{Scene, sample, samples};

/// Each sample with its status and, for refusals, its code.
const SAMPLES: &[(&str, u64, &str)] = &[
    ("access-token", 401, "unauthenticated"),
    ("broadcast", 202, ""),
    ("broadcast-bye", 202, ""),
    ("broadcast-forbidden", 403, "forbidden"),
    ("broadcast-nothing", 422, "invalid_body"),
    ("broadcast-with-key", 202, ""),
    ("cancel-task", 200, ""),
    ("cancel-task-ended", 409, "task_ended"),
    ("dashboard", 200, ""),
    ("dashboard-unknown-window", 400, "invalid_query"),
    ("events-base64", 200, ""),
    ("events-good", 200, ""),
    ("events-misnamed", 422, "invalid_body"),
    ("events-partly-bad", 200, ""),
    ("get-report", 200, ""),
    ("get-report-link", 200, ""),
    ("get-report-unknown", 404, "report_not_found"),
    ("get-result", 200, ""),
    ("get-result-link", 200, ""),
    ("get-result-not-ready", 409, "result_not_ready"),
    ("get-task", 200, ""),
    ("get-task-malformed-id", 404, "task_not_found"),
    ("get-task-unknown", 404, "task_not_found"),
    ("health", 200, ""),
    ("list-kinds", 200, ""),
    ("list-reports", 200, ""),
    ("list-reports-bad-cursor", 400, "invalid_query"),
    ("list-tasks", 200, ""),
    ("list-tasks-bad-cursor", 400, "invalid_query"),
    ("logs", 200, ""),
    ("logs-unknown-type", 400, "invalid_query"),
    ("notify", 200, ""),
    ("notify-completed", 200, ""),
    ("notify-failed", 200, ""),
    ("notify-forbidden", 403, "forbidden"),
    ("notify-not-external", 409, "task_not_external"),
    ("odd-address", 404, "not_found"),
    ("openapi", 200, ""),
    ("operators-connections", 200, ""),
    ("operators-dead-letters", 200, ""),
    ("operators-dead-letters-nowhere", 400, "invalid_query"),
    ("operators-forbidden", 403, "forbidden"),
    ("operators-redrive", 200, ""),
    ("operators-system", 200, ""),
    ("retry-task", 202, ""),
    ("retry-task-not-retriable", 409, "not_retriable"),
    ("submit-aggregate", 202, ""),
    ("submit-bad-key", 400, "invalid_idempotency_key"),
    ("submit-batch", 200, ""),
    ("submit-batch-empty", 422, "invalid_body"),
    ("submit-analyze", 202, ""),
    ("submit-analyze-nothing", 422, "invalid_input"),
    ("submit-analyze-query", 202, ""),
    ("submit-analyze-two-sources", 422, "invalid_input"),
    ("submit-analyze-upload", 202, ""),
    ("submit-callback-refused", 422, "invalid_input"),
    ("submit-export", 202, ""),
    ("submit-export-invalid", 422, "invalid_input"),
    ("submit-form", 415, "unsupported_media_type"),
    ("submit-invalid-input", 422, "invalid_input"),
    ("submit-malformed-json", 400, "malformed_json"),
    ("submit-paused", 429, "paused"),
    ("submit-unknown-kind", 400, "unknown_kind"),
    ("submit-with-key", 202, ""),
    ("submit-wrong-type", 422, "invalid_body"),
    ("ticket", 201, ""),
    ("timeseries", 200, ""),
    ("timeseries-by-service", 200, ""),
    ("timeseries-too-many-buckets", 400, "too_many_buckets"),
    ("timeseries-unknown-metric", 400, "invalid_query"),
    ("upload", 201, ""),
    ("upload-too-large", 413, "upload_too_large"),
    ("upload-unread-type", 422, "invalid_body"),
    ("unknown-route", 404, "not_found"),
    ("webhook-secret", 200, ""),
    ("webhook-secret-forbidden", 403, "forbidden"),
    ("without-claims", 401, "unauthenticated"),
    ("without-tenant", 403, "no_tenant"),
    ("wrong-method", 405, "method_not_allowed"),
];

#[tokio::test]
async fn every_sample_is_answered_as_it_should_be() {
    for (name, status, code) in SAMPLES {
        let answer = Scene::new().await.ask(sample(name)).await;
        assert_eq!(answer.code(), (*status, *code), "{name}: {answer:?}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{name}");
        let media_type = if code.is_empty() {
            "application/json"
        } else {
            "application/problem+json"
        };
        assert_eq!(answer.headers["content-type"], media_type, "{name}");
        assert_json_snapshot!(*name, answer.body);
    }
}

#[test]
fn every_file_is_a_sample() {
    let listed: BTreeSet<String> = SAMPLES.iter().map(|(name, ..)| (*name).into()).collect();
    let entries = std::fs::read_dir(samples()).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    let names = files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned());
    assert_eq!(names.collect::<BTreeSet<_>>(), listed);
}
