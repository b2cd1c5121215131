//! The JSON of every body, frame and queue message, as clients and other releases see it.
//!
//! A changed snapshot is a change of the contract: additions are fine, anything else needs a new
//! version or a transition.

use std::collections::BTreeMap;

use insta::assert_json_snapshot;
use protocol::frames::{ResumedTask, ServerFrame, Stream, TopicName, UpdateFrame};
use protocol::http::{
    AttemptBody, AttemptOutcome, BatchOutcome, BatchOutcomes, BatchProblem, BatchRefused,
    BatchTaken, ConnectionCount, ConnectionsBody, DashboardBody, DeadLetterBody, DeadLetterGroup,
    DeadLettersBody, EventProblem, EventsOutcome, HealthBody, PoolProcess, QueueBody,
    RedriveOutcome, ResultBody, ShardBody, SubmittedBody, SystemBody, TaskBody, TaskSummary,
    TasksBody, TenantConnections, TicketBody, UpdateBody, UsageBody, UserConnections,
};
use protocol::problem::{FieldProblem, Problem};
use protocol::queue::{
    Ask, BroadcastMessage, CallbackMessage, HangUpMessage, PostMessage, QueuedAddressees,
    QueuedBroadcast, QueuedFeed, QueuedNotice, QueuedResult, ReplayMessage, TaskMessage,
    UpdateMessage, VERSION,
};
use protocol::task::{Phase, Priority, Progress, Status, TaskError};
use protocol::webhook::{WebhookBody, WebhookTask, WebhookType};
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;

const AT: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn progress() -> Progress {
    Progress {
        percent: 40,
        message: "grouping".into(),
    }
}

fn error() -> TaskError {
    TaskError {
        code: "store_unavailable".into(),
        message: "mongodb did not answer".into(),
    }
}

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
fn bodies_about_the_service() {
    let checks = [("mongodb", "ok"), ("postgres", "unavailable")];
    let health = HealthBody {
        status: "unavailable".into(),
        checks: BTreeMap::from(checks.map(|(name, state)| (name.into(), state.into()))),
    };
    assert_json_snapshot!("health", health);
    let dashboard = DashboardBody {
        user_count: 42,
        active_sessions: 7,
        avg_response_time_ms: 12.5,
    };
    assert_json_snapshot!("dashboard", dashboard);
    let problem = Problem::new(422, "Unprocessable Content", "invalid_input", "see errors");
    let at_fault = FieldProblem {
        field: "input.group_by[1]".into(),
        message: "must be service, path, status or time".into(),
    };
    assert_json_snapshot!("problem", problem.with_errors(vec![at_fault]));
}

#[test]
fn bodies_about_events() {
    let refused = EventProblem {
        index: 2,
        code: "invalid_field".into(),
        message: "status must be 100 to 599".into(),
    };
    let outcome = EventsOutcome {
        accepted: 2,
        duplicates: 1,
        errors: vec![refused],
    };
    assert_json_snapshot!("events_outcome", outcome);
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

fn frame() -> UpdateFrame {
    UpdateFrame {
        stream: None,
        tenant: None,
        request_id: ID.into(),
        kind: "aggregate".into(),
        status: Status::Completed,
        version: 4,
        phase: None,
        progress: None,
        attempt: 1,
        tags: vec![],
        result: Some(json!({"rows": []})),
        result_url: None,
        error: None,
        at: AT,
    }
}

fn system() -> SystemBody {
    SystemBody {
        at: AT,
        queues: vec![QueueBody {
            name: "work".into(),
            visible: 12,
            in_flight: 3,
            delayed: 1,
            dead: 2,
        }],
        connections: ConnectionCount {
            open: 7,
            counted_all: true,
        },
        pool: vec![PoolProcess {
            id: "p-1".into(),
            started_at: AT,
            seen_at: AT,
            alive: true,
            capacity: 8,
            running: 2,
            oldest_wait_ms: Some(40),
            taken: 71,
        }],
        overflow: "lambda".into(),
    }
}

#[test]
fn bodies_for_operators() {
    let letter = DeadLetterBody {
        message_id: "059f36b4-87a3-44ab-83d2-661975000001".into(),
        since: AT,
        reason: Some("store_unavailable: mongodb did not answer".into()),
        tenant: Some("acme".into()),
        request_id: Some(ID.into()),
        status: Some(Status::Failed),
        error: Some(error()),
    };
    let group = DeadLetterGroup {
        reason: "store_unavailable".into(),
        kind: Some("aggregate".into()),
        count: 1,
        letters: vec![letter],
    };
    let dead = DeadLettersBody {
        queue: "work".into(),
        looked_at: 1,
        groups: vec![group],
    };
    assert_json_snapshot!("dead_letters", dead);
    let redriven = RedriveOutcome {
        redriven: 1,
        left: 0,
        problem: None,
        more: false,
    };
    assert_json_snapshot!("redriven", redriven);
    let tenant = TenantConnections {
        tenant: "acme".into(),
        open: 2,
        users: vec![UserConnections {
            user: Some("u1".into()),
            open: 2,
        }],
    };
    let connections = ConnectionsBody {
        open: 2,
        stale: 2,
        stale_share: 0.5,
        counted_all: true,
        shards: vec![ShardBody {
            shard: 0,
            open: 2,
            stale: 2,
        }],
        tenants: vec![tenant],
    };
    assert_json_snapshot!("connections", connections);
    assert_json_snapshot!("system", system());
}

#[test]
fn server_frames() {
    assert_json_snapshot!("frame_update", ServerFrame::Update(Box::new(frame())));
    let failed = UpdateFrame {
        status: Status::Failed,
        result: None,
        error: Some(error()),
        ..frame()
    };
    let copy = UpdateFrame {
        stream: Some(Stream::Operators),
        tenant: Some("acme".into()),
        ..failed.clone()
    };
    assert_json_snapshot!("frame_failed", ServerFrame::Update(Box::new(failed)));
    assert_json_snapshot!("frame_for_operators", ServerFrame::Update(Box::new(copy)));
    assert_json_snapshot!("frame_pong", ServerFrame::Pong { at: AT });
    let error = ServerFrame::Error {
        code: "not_json".into(),
        message: "the frame is not JSON".into(),
    };
    assert_json_snapshot!("frame_error", error);
    let broadcast = ServerFrame::Broadcast {
        id: ID.into(),
        message: json!({"text": "Maintenance at 22:00 UTC."}),
        at: AT,
    };
    assert_json_snapshot!("frame_broadcast", broadcast);
    let bye = ServerFrame::Bye {
        reason: "deploy".into(),
        reconnect_in_ms: 60_000,
    };
    assert_json_snapshot!("frame_bye", bye);
    let logs = ServerFrame::Logs {
        level: "*".into(),
        lines: vec![json!({"id": "1", "type": "log", "message": "hello"})],
        left_out: 3,
    };
    assert_json_snapshot!("frame_logs", logs);
    assert_json_snapshot!("frame_system", ServerFrame::System(Box::new(system())));
}

#[test]
fn parts_of_broadcasts() {
    let message = |notice, to| BroadcastMessage {
        v: VERSION,
        ask: Ask::Broadcast,
        broadcast: QueuedBroadcast {
            id: ID.into(),
            tenant: Some("acme".into()),
            at: AT,
            notice,
        },
        to,
        trace: Some(TRACE.into()),
    };
    let text = QueuedNotice::Message {
        message: json!("hello"),
    };
    let shard = QueuedAddressees::Shard {
        number: 3,
        after: Some("JKJaXdF_vHcCJEw=".into()),
    };
    assert_json_snapshot!("queued_broadcast", message(text, shard));
    let bye = QueuedNotice::Reconnect {
        reason: "deploy".into(),
        within_ms: 60_000,
    };
    let named = QueuedAddressees::Named {
        ids: vec!["JKJaXdF_vHcCJEw=".into()],
        round: 1,
    };
    assert_json_snapshot!("queued_broadcast_again", message(bye, named));
}

#[test]
fn answers_to_client_frames() {
    let subscribed = ServerFrame::Subscribed {
        topic: TopicName::Task(ID.into()),
        version: Some(3),
    };
    assert_json_snapshot!("frame_subscribed", subscribed);
    let unsubscribed = ServerFrame::Unsubscribed {
        topic: TopicName::Stream(Stream::Operators),
    };
    assert_json_snapshot!("frame_unsubscribed", unsubscribed);
    let resumed = ServerFrame::Resumed {
        recovered: false,
        tasks: BTreeMap::from([(ID.into(), RESUMED)]),
    };
    assert_json_snapshot!("frame_resumed", resumed);
}

const RESUMED: ResumedTask = ResumedTask {
    version: 0,
    recovered: false,
};

#[test]
fn requests_to_the_pusher() {
    let replay = ReplayMessage {
        v: VERSION,
        ask: Ask::Replay,
        tenant: "acme".into(),
        connection_id: "JKJaXdF_vHcCJEw=".into(),
        tasks: BTreeMap::from([(ID.into(), 2)]),
        done: BTreeMap::from([(ID.into(), RESUMED)]),
    };
    assert_json_snapshot!("queued_replay", replay);
    let hang_up = HangUpMessage {
        v: VERSION,
        ask: Ask::HangUp,
        connection_id: "JKJaXdF_vHcCJEw=".into(),
    };
    assert_json_snapshot!("queued_hang_up", hang_up);
    let post = PostMessage {
        v: VERSION,
        ask: Ask::Post,
        feed: QueuedFeed::Logs {
            tenant: "acme".into(),
            level: "error".into(),
        },
        text: r#"{"type":"logs"}"#.into(),
    };
    assert_json_snapshot!("queued_post", post);
    let for_operators = PostMessage {
        feed: QueuedFeed::Operators,
        ..post
    };
    assert_json_snapshot!("queued_post_to_operators", for_operators);
}

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[test]
fn queue_messages() {
    let task = TaskMessage {
        v: VERSION,
        tenant: "acme".into(),
        request_id: ID.into(),
        trace: Some(TRACE.into()),
        run_at: None,
    };
    assert_json_snapshot!("queued_task", task);
    let later = TaskMessage {
        run_at: Some(AT),
        ..task
    };
    assert_json_snapshot!("queued_task_for_later", later);
    let update = UpdateMessage {
        v: VERSION,
        trace: None,
        tenant: "acme".into(),
        owner: "u1".into(),
        request_id: ID.into(),
        kind: "aggregate".into(),
        tags: vec!["nightly".into()],
        version: 4,
        status: Status::Completed,
        phase: None,
        progress: None,
        attempt: 1,
        error: Some(error()),
        retryable: true,
        at: AT,
        result: Some(QueuedResult::Stored {
            key: "acme/results/1.json".into(),
            bytes: 40_000,
        }),
    };
    assert_json_snapshot!("queued_update", update);
}

#[test]
fn callbacks() {
    let queued = CallbackMessage {
        v: VERSION,
        tenant: "acme".into(),
        request_id: ID.into(),
        version: 3,
        trace: Some(TRACE.into()),
    };
    assert_json_snapshot!("queued_callback", queued);
    let failed = WebhookBody {
        kind: WebhookType::Failed,
        timestamp: AT,
        data: WebhookTask {
            request_id: ID.into(),
            kind: "aggregate".into(),
            status: Status::Failed,
            version: 3,
            tags: vec!["nightly".into()],
            result: None,
            result_url: None,
            error: Some(error()),
        },
    };
    let completed = WebhookBody {
        kind: WebhookType::Completed,
        data: WebhookTask {
            status: Status::Completed,
            result: Some(json!({"rows": []})),
            error: None,
            ..failed.data.clone()
        },
        ..failed.clone()
    };
    assert_json_snapshot!("webhook_failed", failed);
    assert_json_snapshot!("webhook_completed", completed);
}
