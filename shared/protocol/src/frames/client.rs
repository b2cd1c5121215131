//! What a client may say, and how a frame that says something else is told apart.

use serde::de::Error as _;
use serde::{Deserialize, Serialize};

use super::ServerFrame;

/// Longest client frame, in bytes: API Gateway's message limit
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>).
pub const LONGEST_FRAME: usize = 128 * 1024;

/// What a client may say. A new action is a variant here and its name in [`ClientFrame::ACTIONS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// Asks for a [`ServerFrame::Pong`]; keeps the connection from idling out.
    Ping {},
}

/// Why a frame was not understood. The connection lives on.
#[derive(Debug, thiserror::Error)]
pub enum BadFrame {
    /// Longer than [`LONGEST_FRAME`].
    #[error("a frame may be {LONGEST_FRAME} bytes long, this one has {0}")]
    TooLarge(usize),
    /// Bytes that are no text.
    #[error("send JSON as a text frame, not a binary one")]
    Binary,
    /// A text that is no JSON.
    #[error("the frame is not JSON: {0}")]
    NotJson(#[source] serde_json::Error),
    /// An action we do not have.
    #[error("action must be one of: {}", ClientFrame::ACTIONS.join(", "))]
    UnknownAction,
    /// Not an object with an action, or with fields that the action does not take.
    #[error("the frame is not what its action takes: {0}")]
    Invalid(#[source] serde_json::Error),
}

#[derive(Deserialize)]
struct Named {
    action: String,
}

impl ClientFrame {
    /// The name of every action.
    pub const ACTIONS: &[&str] = &["ping"];

    /// Reads a frame's text.
    pub fn read(text: &str) -> Result<Self, BadFrame> {
        if text.len() > LONGEST_FRAME {
            return Err(BadFrame::TooLarge(text.len()));
        }
        let named: Named = serde_json::from_str(text).map_err(|error| unreadable(text, error))?;
        check_object(text)?;
        if !Self::ACTIONS.contains(&named.action.as_str()) {
            return Err(BadFrame::UnknownAction);
        }
        serde_json::from_str(text).map_err(BadFrame::Invalid)
    }
}

/// serde takes a list for the fields in their order; we do not.
fn check_object(text: &str) -> Result<(), BadFrame> {
    if text.trim_start().starts_with('{') {
        return Ok(());
    }
    let error = serde_json::Error::custom("expected an object");
    Err(BadFrame::Invalid(error))
}

fn unreadable(text: &str, error: serde_json::Error) -> BadFrame {
    if error.is_data() {
        BadFrame::Invalid(error)
    } else if text.contains(['\0', char::REPLACEMENT_CHARACTER]) {
        // A gateway that hands bytes on as text leaves these traces of them.
        BadFrame::Binary
    } else {
        BadFrame::NotJson(error)
    }
}

impl BadFrame {
    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "frame_too_large",
            Self::Binary => "binary_frame",
            Self::NotJson(_) => "not_json",
            Self::UnknownAction => "unknown_action",
            Self::Invalid(_) => "invalid_frame",
        }
    }
}

impl From<&BadFrame> for ServerFrame {
    fn from(bad: &BadFrame) -> Self {
        Self::Error {
            code: bad.code().into(),
            message: bad.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> &'static str {
        ClientFrame::read(text).unwrap_err().code()
    }

    #[test]
    fn every_action_has_its_name() {
        for action in ClientFrame::ACTIONS {
            let read = ClientFrame::read(&format!(r#"{{"action":"{action}"}}"#));
            assert!(
                !matches!(read, Err(BadFrame::UnknownAction)),
                "{action} is in ACTIONS and has no variant"
            );
        }
        let ping = serde_json::to_string(&ClientFrame::Ping {}).unwrap();
        assert_eq!(ping, r#"{"action":"ping"}"#);
        assert_eq!(ClientFrame::read(&ping).unwrap(), ClientFrame::Ping {});
    }

    #[test]
    fn each_kind_of_mistake_has_its_code() {
        for (text, expected) in [
            ("", "not_json"),
            ("ping", "not_json"),
            (r#"{"action":"ping"} {}"#, "not_json"),
            ("[]", "invalid_frame"),
            (r#"["ping"]"#, "invalid_frame"),
            ("null", "invalid_frame"),
            ("{}", "invalid_frame"),
            (r#"{"action":7}"#, "invalid_frame"),
            (r#"{"action":"ping","extra":1}"#, "invalid_frame"),
            (r#"{"action":"ping","action":"ping"}"#, "invalid_frame"),
            (r#"{"action":"fly"}"#, "unknown_action"),
            (r#"{"action":"Ping"}"#, "unknown_action"),
            ("\0\u{fffd}\u{fffd}", "binary_frame"),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
    }

    #[test]
    fn a_frame_may_be_as_long_as_the_gateway_takes() {
        let ping = r#"{"action":"ping"}"#;
        let padding = |length: usize| format!("{ping}{}", " ".repeat(length - ping.len()));
        assert!(ClientFrame::read(&padding(LONGEST_FRAME)).is_ok());
        assert_eq!(code(&padding(LONGEST_FRAME + 1)), "frame_too_large");
    }

    #[test]
    fn an_unknown_action_is_answered_with_the_known_ones() {
        let bad = ClientFrame::read(r#"{"action":"fly"}"#).unwrap_err();
        let ServerFrame::Error { code, message } = ServerFrame::from(&bad) else {
            panic!("a mistake is answered by an error frame");
        };
        assert_eq!(code, "unknown_action");
        assert_eq!(message, "action must be one of: ping");
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in ".*") {
            if let Err(bad) = ClientFrame::read(&text) {
                prop_assert!(!bad.to_string().is_empty());
            }
        }

        #[test]
        fn a_ping_may_be_spaced_in_any_way(gap in "[ \t\r\n]{0,9}") {
            let text = format!(r#"{gap}{{{gap}"action"{gap}:{gap}"ping"{gap}}}{gap}"#);
            prop_assert_eq!(ClientFrame::read(&text).unwrap(), ClientFrame::Ping {});
        }
    }
}
