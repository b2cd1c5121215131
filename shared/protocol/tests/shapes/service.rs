//! HTTP bodies about the service, for everybody and for operators.

use std::collections::BTreeMap;

use insta::assert_json_snapshot;
use protocol::http::{
    ConnectionsBody, DashboardBody, DeadLetterBody, DeadLetterGroup, DeadLettersBody, EventProblem,
    EventsOutcome, HealthBody, RedriveOutcome, ShardBody, TenantConnections, UserConnections,
};
use protocol::problem::{FieldProblem, Problem};
use protocol::task::Status;

use super::scene::{AT, ID, error, system};

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
