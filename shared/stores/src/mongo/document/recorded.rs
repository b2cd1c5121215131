//! Events as they are recorded.

use serde_json::json;
use testkit::build;

use super::*;
use crate::mongo::formats::hold;

#[test]
fn events_of_every_type_are_as_recorded() {
    let request = json!({
        "id": "e1", "type": "request", "at": "2026-03-01T13:00:00.000000001+01:00", "service": "shop",
        "user": "ada", "method": "GET", "path": "/items/17", "status": 200, "bytes": 10,
        "response_time_ms": 12.5, "region": "north",
    });
    let log = json!({
        "id": "e2", "type": "log", "at": "2026-03-01T12:00:00Z", "service": "shop", "level": "error",
        "message": "no stock", "order": {"id": 17},
    });
    let session = json!({
        "id": "e3", "type": "session", "at": "2026-03-01T12:00:00Z", "session_id": "s1",
        "action": "start", "user": "ada",
    });
    let user = json!({"id": "e4", "type": "user", "at": "2026-03-01T12:00:00Z", "user": "ada"});
    let tenant = TenantId::new("acme").unwrap();
    let received_at = DateTime::from_millis(1_772_366_401_000);
    for (name, fields) in [
        ("event-request", request),
        ("event-log", log),
        ("event-session", session),
        ("event-user", user),
    ] {
        hold(
            name,
            &build::event(fields),
            |event| write(&tenant, event, received_at),
            read,
            &[],
        );
    }
}
