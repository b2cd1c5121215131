//! HTTP bodies about tasks and what they come to.

use insta::assert_json_snapshot;
use protocol::http::{
    AttemptBody, AttemptOutcome, BatchOutcome, BatchOutcomes, BatchProblem, BatchRefused,
    BatchTaken, ResultBody, SubmittedBody, TaskBody, TaskSummary, TasksBody, TicketBody,
    UpdateBody, UsageBody,
};
use protocol::problem::FieldProblem;
use protocol::task::{Phase, Priority, Status};
use serde_json::json;

use super::scene::{AT, ID, progress};

fn running() -> TaskSummary {
    TaskSummary {
        request_id: ID.into(),
        kind: "aggregate".into(),
        status: Status::Processing,
        phase: Some(Phase::Running),
        version: 3,
        progress: Some(progress()),
        attempt: 1,
        error: None,
        tags: vec!["nightly".into()],
        priority: Priority::High,
        run_at: None,
        deadline: Some(AT),
        created_at: AT,
        updated_at: AT,
        started_at: Some(AT),
        finished_at: None,
    }
}

fn change() -> UpdateBody {
    UpdateBody {
        version: 3,
        status: Status::Processing,
        phase: Some(Phase::Running),
        progress: Some(progress()),
        attempt: 1,
        error: None,
        at: AT,
    }
}

#[test]
fn bodies_about_tasks() {
    let submitted = SubmittedBody {
        request_id: ID.into(),
        status: Status::Processing,
        message: "Your task has been queued.".into(),
        version: 1,
    };
    assert_json_snapshot!("submitted", submitted);
    assert_json_snapshot!("batch_outcomes", batch(submitted));
    let page = TasksBody {
        tasks: vec![running()],
        next_cursor: None,
    };
    assert_json_snapshot!("tasks", page);
    let task = TaskBody {
        summary: running(),
        callback_url: Some("https://example.com/hook".into()),
        input: json!({"window": "all"}),
        result: None,
        result_url: None,
        attempts: vec![AttemptBody {
            attempt: 1,
            started_at: Some(AT),
            ended_at: None,
            outcome: AttemptOutcome::Running,
            error: None,
        }],
        updates: vec![change()],
        usage: None,
        cost_usd: None,
    };
    assert_json_snapshot!("task", task);
    let ended = TaskBody {
        usage: Some(usage()),
        cost_usd: Some(0.000_123_457),
        ..task
    };
    let ended = serde_json::to_value(ended).unwrap();
    assert_json_snapshot!("usage", [&ended["usage"], &ended["cost_usd"]]);
}

fn usage() -> UsageBody {
    UsageBody {
        lambda_ms: 812.25,
        lambda_gb_seconds: 0.406_125,
        dynamodb_read_units: 2.5,
        dynamodb_write_units: 11,
        sqs_requests: 5,
        s3_requests: 4,
        s3_put_requests: 3,
        s3_get_requests: 1,
        s3_bytes: 65_536,
        websocket_messages: 6,
        input_tokens: 0,
        output_tokens: 0,
        model_cost_usd: 0.0,
    }
}

fn batch(confirmation: SubmittedBody) -> BatchOutcomes {
    let taken = BatchTaken {
        index: 0,
        confirmation,
        replayed: true,
    };
    let at_fault = FieldProblem {
        field: "input.limit".into(),
        message: "must be 1 to 10,000".into(),
    };
    let refused = BatchRefused {
        index: 1,
        error: BatchProblem {
            code: "invalid_input".into(),
            message: "see errors".into(),
            errors: vec![at_fault],
            retry_after: None,
        },
    };
    BatchOutcomes {
        tasks: vec![BatchOutcome::Taken(taken), BatchOutcome::Refused(refused)],
    }
}

#[test]
fn bodies_with_results_and_secrets() {
    let inline = ResultBody::Inline {
        result: json!({"rows": []}),
    };
    assert_json_snapshot!("result_inline", inline);
    let link = ResultBody::Link {
        result_url: "https://bucket.example/key?signature=s".into(),
        expires_at: AT,
    };
    assert_json_snapshot!("result_link", link);
    let ticket = TicketBody {
        ticket: "secret".into(),
        expires_at: AT,
        url: "wss://example/live?ticket=secret".into(),
    };
    assert_json_snapshot!("ticket", ticket);
}
