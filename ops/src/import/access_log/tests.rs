use proptest::prelude::*;
use time::macros::datetime;

use super::*;

#[test]
fn apaches_own_examples_are_read() {
    let common =
        r#"127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326"#;
    let entry = Entry::parse(common).unwrap();
    assert_eq!(entry.at, datetime!(2000-10-10 20:55:36 UTC));
    assert_eq!(entry.user.as_deref(), Some("frank"));
    assert_eq!(entry.method_and_path(), ("GET", "/apache_pb.gif"));
    assert_eq!((entry.status, entry.bytes), (200, Some(2326)));
    assert_eq!((entry.agent, entry.took), (None, None));
    let combined = format!(r#"{common} "http://www.example.com/start.html" "Mozilla \"4\" [en]""#);
    let agent = Entry::parse(&combined).unwrap().agent.unwrap();
    assert_eq!(agent.1, "Mozilla \"4\" [en]");
    for with_time in [format!("{combined} 0.25"), format!("{common} 0.25")] {
        assert_eq!(Entry::parse(&with_time).unwrap().took, Some(0.25));
    }
    assert_eq!(Entry::parse(&format!("{combined} -")).unwrap().took, None);
}

#[test]
fn what_is_no_request_is_still_an_entry() {
    let asked = |request: &str| {
        let line = format!(r#"::1 - - [10/Oct/2000:13:55:36 +0000] "{request}" 400 -"#);
        let entry = Entry::parse(&line).unwrap();
        let (method, path) = entry.method_and_path();
        (method.to_owned(), path.to_owned())
    };
    let pair = |method: &str, path: &str| (method.to_owned(), path.to_owned());
    assert_eq!(asked(""), pair("-", "-"));
    assert_eq!(asked("-"), pair("-", "-"));
    assert_eq!(asked(r"\x16\x03\x01"), pair("-", r"\x16\x03\x01"));
    assert_eq!(asked("GET /a b?token=1 HTTP/1.1"), pair("GET", "/a b"));
    assert_eq!(asked("GET ?token=1"), pair("GET", "-"));
}

#[test]
fn what_is_wrong_is_said() {
    let start = "h - - [10/Oct/2000:13:55:36 +0000]";
    for (line, reason) in [
        (String::new(), "no host"),
        ("h".into(), "after the host"),
        ("h - - now".into(), "square brackets"),
        ("h - - [now] x".into(), "not like 31/Dec"),
        (format!("{start} GET"), "no request"),
        (format!("{start} \"GET / HTTP/1.1\" ok 5"), "no status"),
        (format!("{start} \"GET / HTTP/1.1\" 200"), "no size"),
        (format!("{start} \"GET / HTTP/1.1\" 200 x"), "size is not"),
        (
            format!("{start} \"GET / HTTP/1.1\" 200 5 \"r\""),
            "no user agent",
        ),
        (
            format!("{start} \"GET / HTTP/1.1\" 200 5 NaN"),
            "not a time",
        ),
        (
            format!("{start} \"GET / HTTP/1.1\" 200 5 1 2"),
            "something follows",
        ),
    ] {
        let said = Entry::parse(&line).unwrap_err();
        assert!(said.contains(reason), "{line}: {said}");
    }
}

fn entry() -> impl Strategy<Value = Entry> {
    let text = "[ -~é]{0,20}";
    (
        ("[!-~]{1,15}", proptest::option::of("[a-z@.]{1,9}")),
        (0_i64..4_000_000_000, text),
        (100_u16..600, proptest::option::of(any::<u64>())),
        proptest::option::of((text, text)),
        proptest::option::of(0.0..1e6_f64),
    )
        .prop_map(
            |((host, user), (at, request), (status, bytes), agent, took)| Entry {
                host,
                user,
                at: OffsetDateTime::from_unix_timestamp(at).unwrap(),
                request,
                status,
                bytes,
                agent,
                took,
            },
        )
}

proptest! {
    #[test]
    fn an_entry_survives_the_way_there_and_back(entry in entry()) {
        prop_assert_eq!(Entry::parse(&entry.to_string()), Ok(entry));
    }

    #[test]
    fn no_text_upsets_it(text in any::<String>()) {
        if let Ok(entry) = Entry::parse(&text) {
            entry.method_and_path();
        }
    }

    #[test]
    fn no_damage_upsets_it(entry in entry(), place: prop::sample::Index, put in any::<char>()) {
        let mut characters: Vec<char> = entry.to_string().chars().collect();
        let place = place.index(characters.len());
        characters[place] = put;
        if let Ok(entry) = Entry::parse(&characters.into_iter().collect::<String>()) {
            entry.method_and_path();
        }
    }
}
