//! What everybody is told.

use protocol::http::{BroadcastBody, ReconnectBody};
use serde_json::Value;

use crate::command::Broadcast;

/// The words are not what they should be.
#[derive(Debug, thiserror::Error)]
#[error("--as-json: the message is no JSON")]
pub struct NotJson(#[from] serde_json::Error);

/// The API's words for it.
///
/// # Errors
///
/// The message should be JSON and is not.
pub fn body(broadcast: &Broadcast) -> Result<BroadcastBody, NotJson> {
    let message = match &broadcast.message {
        Some(text) if broadcast.as_json => Some(serde_json::from_str(text)?),
        text => text.clone().map(Value::String),
    };
    let reconnect = broadcast.reconnect_within.map(|seconds| ReconnectBody {
        within_ms: u64::from(seconds) * 1_000,
        reason: broadcast.reason.clone(),
    });
    Ok(BroadcastBody {
        message,
        reconnect,
        tenant: broadcast.tenant.clone(),
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::json;

    use super::*;
    use crate::command::{Cli, Command};

    fn parsed(arguments: &[&str]) -> Option<Value> {
        let arguments = ["ops", "broadcast"].iter().chain(arguments);
        let Command::Broadcast(broadcast) = Cli::try_parse_from(arguments).ok()?.command else {
            return None;
        };
        Some(json!(body(&broadcast).ok()?))
    }

    #[test]
    fn words_and_reconnections_are_told() {
        assert_eq!(parsed(&["Hello"]), Some(json!({"message": "Hello"})));
        let told = parsed(&["{\"a\":1}", "--as-json", "--tenant", "acme"]);
        assert_eq!(told, Some(json!({"message": {"a": 1}, "tenant": "acme"})));
        let told = parsed(&["--reconnect-within", "60"]);
        let reconnect = json!({"within_ms": 60_000, "reason": "deploy"});
        assert_eq!(told, Some(json!({"reconnect": reconnect})));
    }

    #[test]
    fn one_of_them_is_needed_and_no_more() {
        assert_eq!(parsed(&[]), None);
        assert_eq!(parsed(&["Hello", "--reconnect-within", "60"]), None);
        assert_eq!(parsed(&["{", "--as-json"]), None);
        assert_eq!(parsed(&["--reconnect-within", "0"]), None);
    }
}
