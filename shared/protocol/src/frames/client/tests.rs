use proptest::prelude::*;

use super::super::topic::Stream;
use super::*;

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn code(text: &str) -> &'static str {
    ClientFrame::read(text).unwrap_err().code().name()
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
}

#[test]
fn frames_are_written_as_clients_send_them() {
    let tasks = BTreeMap::from([(ID.to_owned(), 3)]);
    for (frame, text) in [
        (ClientFrame::Ping {}, r#"{"action":"ping"}"#.to_owned()),
        (
            ClientFrame::Subscribe(TopicName::Task(ID.into())),
            format!(r#"{{"action":"subscribe","request_id":"{ID}"}}"#),
        ),
        (
            ClientFrame::Unsubscribe(TopicName::Tag("nightly".into())),
            r#"{"action":"unsubscribe","tag":"nightly"}"#.to_owned(),
        ),
        (
            ClientFrame::Subscribe(TopicName::Stream(Stream::Operators)),
            r#"{"action":"subscribe","stream":"operators"}"#.to_owned(),
        ),
        (
            ClientFrame::Resume { tasks },
            format!(r#"{{"action":"resume","tasks":{{"{ID}":3}}}}"#),
        ),
    ] {
        assert_eq!(serde_json::to_string(&frame).unwrap(), text);
        assert_eq!(ClientFrame::read(&text).unwrap(), frame, "{text}");
    }
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
        (r#"{"type":"ping"}"#, "invalid_frame"),
        (r#"{"action":7}"#, "invalid_frame"),
        (r#"{"action":"ping","extra":1}"#, "invalid_frame"),
        (r#"{"action":"ping","v":1,"extra":1}"#, "invalid_frame"),
        (r#"{"action":"ping","action":"ping"}"#, "invalid_frame"),
        (r#"{"action":"subscribe"}"#, "invalid_frame"),
        (r#"{"action":"subscribe","topic":"t"}"#, "invalid_frame"),
        (
            r#"{"action":"subscribe","tag":"a","stream":"operators"}"#,
            "invalid_frame",
        ),
        (r#"{"action":"subscribe","tag":7}"#, "invalid_frame"),
        (
            r#"{"action":"subscribe","stream":"everything"}"#,
            "invalid_frame",
        ),
        (r#"{"action":"resume"}"#, "invalid_frame"),
        (r#"{"action":"resume","tasks":["a"]}"#, "invalid_frame"),
        (r#"{"action":"resume","tasks":{"a":-1}}"#, "invalid_frame"),
        (r#"{"action":"resume","tasks":{"a":1.5}}"#, "invalid_frame"),
        (r#"{"action":"resume","tasks":{"a":"1"}}"#, "invalid_frame"),
        (r#"{"action":"fly"}"#, "unknown_action"),
        (r#"{"action":"Ping"}"#, "unknown_action"),
        (r#"{"action":"ping","v":2}"#, "unsupported_version"),
        (r#"{"action":"fly","v":2}"#, "unsupported_version"),
        (r#"{"action":"ping","v":"1"}"#, "unsupported_version"),
        ("\0\u{fffd}\u{fffd}", "binary_frame"),
    ] {
        assert_eq!(code(text), expected, "{text}");
    }
}

#[test]
fn the_version_may_be_said() {
    let read = ClientFrame::read(r#"{"v":1,"action":"subscribe","tag":"v"}"#);
    assert_eq!(
        read.unwrap(),
        ClientFrame::Subscribe(TopicName::Tag("v".into()))
    );
}

#[test]
fn a_frame_may_be_as_long_as_the_gateway_takes() {
    let ping = r#"{"action":"ping"}"#;
    let padding = |length: usize| format!("{ping}{}", " ".repeat(length - ping.len()));
    assert!(ClientFrame::read(&padding(LONGEST_FRAME)).is_ok());
    assert_eq!(code(&padding(LONGEST_FRAME + 1)), "frame_too_large");
}

#[test]
fn a_resume_names_a_hundred_tasks_and_no_more() {
    let resume = |count: usize| {
        let tasks = (0..count).map(|n| (n.to_string(), 0)).collect();
        serde_json::to_string(&ClientFrame::Resume { tasks }).unwrap()
    };
    assert!(ClientFrame::read(&resume(MOST_RESUMED)).is_ok());
    assert_eq!(code(&resume(MOST_RESUMED + 1)), "too_many_tasks");
}

#[test]
fn an_unknown_action_is_answered_with_the_known_ones() {
    let bad = ClientFrame::read(r#"{"action":"fly"}"#).unwrap_err();
    assert_eq!(
        bad.to_string(),
        "action must be one of: ping, subscribe, unsubscribe, resume"
    );
}

fn any_topic() -> impl Strategy<Value = TopicName> {
    prop_oneof![
        ".*".prop_map(TopicName::Task),
        ".*".prop_map(TopicName::Tag),
        Just(TopicName::Stream(Stream::Operators)),
    ]
}

fn any_frame() -> impl Strategy<Value = ClientFrame> {
    prop_oneof![
        Just(ClientFrame::Ping {}),
        any_topic().prop_map(ClientFrame::Subscribe),
        any_topic().prop_map(ClientFrame::Unsubscribe),
        prop::collection::btree_map(".*", any::<u64>(), 0..9)
            .prop_map(|tasks| ClientFrame::Resume { tasks }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_can_be_read(frame in any_frame()) {
        let text = serde_json::to_string(&frame).unwrap();
        prop_assert_eq!(ClientFrame::read(&text).unwrap(), frame);
    }

    #[test]
    fn no_text_is_too_strange(text in ".*") {
        if let Err(bad) = ClientFrame::read(&text) {
            prop_assert!(!bad.to_string().is_empty());
        }
    }

    /// A good frame with some of its bytes changed is read or refused, never worse.
    #[test]
    fn no_damage_is_too_strange(
        frame in any_frame(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut bytes = serde_json::to_vec(&frame).unwrap();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Err(bad) = ClientFrame::read(&String::from_utf8_lossy(&bytes)) {
            prop_assert!(ErrorCode::ALL.contains(&bad.code()));
        }
    }

    #[test]
    fn a_ping_may_be_spaced_in_any_way(gap in "[ \t\r\n]{0,9}") {
        let text = format!(r#"{gap}{{{gap}"action"{gap}:{gap}"ping"{gap}}}{gap}"#);
        prop_assert_eq!(ClientFrame::read(&text).unwrap(), ClientFrame::Ping {});
    }
}
