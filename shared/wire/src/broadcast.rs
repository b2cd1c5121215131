//! Broadcasts as HTTP bodies.

use domain::broadcast::Notice;
use protocol::http::BroadcastBody;

use crate::part::read_milliseconds;

/// What a body says; none where it says nothing, or two things at once.
pub fn notice(body: BroadcastBody) -> Option<Notice> {
    match (body.message, body.reconnect) {
        (Some(message), None) => Some(Notice::Message(message)),
        (None, Some(reconnect)) => Some(Notice::Reconnect {
            reason: reconnect.reason,
            within: read_milliseconds(reconnect.within_ms),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::Duration;

    use super::*;

    fn of(body: Value) -> Option<Notice> {
        notice(serde_json::from_value(body).unwrap())
    }

    #[test]
    fn a_body_says_one_thing() {
        let hello = Some(Notice::Message(json!("hello")));
        assert_eq!(of(json!({"message": "hello"})), hello);
        let bye = json!({"within_ms": 1_500});
        let deploy = Notice::Reconnect {
            reason: "deploy".into(),
            within: Duration::milliseconds(1_500),
        };
        assert_eq!(of(json!({"reconnect": bye})), Some(deploy));
        for nothing in [
            json!({}),
            json!({"message": null}),
            json!({"message": 1, "reconnect": bye}),
        ] {
            assert_eq!(of(nothing), None);
        }
    }
}
