use std::sync::Arc;

use aws::dynamo::{Submissions, Tasks};
use domain::ports::{PortError, SubmissionLedger};
use domain::submission::KEPT;
use domain::{Fingerprint, IdempotencyKey, Submission};
use serde_json::json;
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::contract::submission_ledger::{self, Kept};

use crate::place::local;

const TASK_KEYS: [&str; 2] = ["tenant", "request_id"];

#[tokio::test]
async fn submissions_are_a_submission_ledger() {
    let place = local().await;
    let test = async |keys_table: String| {
        let test = async |tasks_table: String| {
            let clock = Arc::new(FixedClock::at(NOW));
            let kept = Kept {
                ledger: &Submissions::new(&place.sdk, keys_table, &tasks_table),
                store: &Tasks::new(&place.sdk, tasks_table, clock),
            };
            submission_ledger::all(kept, &build::tenant()).await;
        };
        place.with_table(&TASK_KEYS, test).await;
    };
    place.with_table(&["key"], test).await;
}

#[tokio::test]
async fn a_missing_table_is_no_known_key() {
    let place = local().await;
    let ledger = Submissions::new(&place.sdk, "no-such-table", "nor-this");
    let submission = Submission {
        key: IdempotencyKey::new("key").unwrap(),
        fingerprint: Fingerprint::of_value(&json!("anything")),
        expires_at: NOW + KEPT,
    };
    let task = build::task(&build::tenant(), "aggregate", json!({}));
    let outcome = ledger.create_once(&task, &submission, NOW).await;
    assert!(
        matches!(outcome, Err(PortError::Broken { .. })),
        "{outcome:?}"
    );
}
