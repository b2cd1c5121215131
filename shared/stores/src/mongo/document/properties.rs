//! What is read is what was written, whatever the event.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use time::OffsetDateTime;

use super::*;

fn moments() -> impl Strategy<Value = OffsetDateTime> {
    // From the first calendar day anywhere in 1970 to the end of the calendar.
    let nanos = -86_400_000_000_000_i128..253_402_200_000_000_000_000;
    (nanos, -50_400..50_400_i32).prop_map(|(nanos, offset)| {
        let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap();
        at.to_offset(UtcOffset::from_whole_seconds(offset).unwrap())
    })
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

fn extras() -> impl Strategy<Value = Map<String, Value>> {
    let keys = prop_oneof![any::<String>(), "\\$[a-z.]{0,4}", Just("_id".to_owned())];
    btree_map(keys, values(), 0..4).prop_map(|map| map.into_iter().collect())
}

fn requests() -> impl Strategy<Value = Request> {
    let texts = (
        any::<String>(),
        option::of(any::<String>()),
        any::<String>(),
        any::<String>(),
    );
    let numbers = (
        100..600_u16,
        option::of(0..=i64::MAX.cast_unsigned()),
        0.0..=1e9,
    );
    (texts, numbers, extras()).prop_map(|(texts, numbers, extra)| Request {
        service: texts.0,
        user: texts.1,
        method: texts.2,
        path: texts.3,
        status: numbers.0,
        bytes: numbers.1,
        response_time_ms: numbers.2,
        extra,
    })
}

fn whats() -> impl Strategy<Value = What> {
    let log = (any::<[String; 3]>(), extras()).prop_map(|([service, level, message], extra)| {
        What::Log(Log {
            service,
            level,
            message,
            extra,
        })
    });
    let action = prop_oneof![Just(SessionAction::Start), Just(SessionAction::End)];
    let session = (
        any::<String>(),
        action,
        option::of(any::<String>()),
        extras(),
    )
        .prop_map(|(session_id, action, user, extra)| {
            What::Session(Session {
                session_id,
                action,
                user,
                extra,
            })
        });
    let user =
        (any::<String>(), extras()).prop_map(|(user, extra)| What::User(User { user, extra }));
    prop_oneof![requests().prop_map(What::Request), log, session, user]
}

proptest! {
    #[test]
    fn an_event_is_read_as_it_was_written(id in "[^\\p{Cc}]{1,20}", at in moments(), what in whats()) {
        let event = Event { id, at, what };
        let tenant = TenantId::new("t").unwrap();
        let written = write(&tenant, &event, DateTime::from_millis(0));
        // Through bytes, as over the wire.
        let bytes = written.to_vec().unwrap();
        let stored = read(&Document::from_reader(bytes.as_slice()).unwrap()).unwrap();
        prop_assert_eq!(stored.at.offset(), event.at.offset());
        prop_assert_eq!(stored, event);
    }

    #[test]
    fn a_moment_comes_back(at in moments()) {
        prop_assert_eq!(Moment::from(at).to_utc(), Some(at));
    }
}

#[test]
fn what_is_no_event_is_refused_by_field() {
    let tenant = TenantId::new("t").unwrap();
    let event = testkit::build::request("r", "2017-05-16T00:00:00Z", "ann", 1.0);
    let good = write(&tenant, &event, DateTime::from_millis(0));
    for field in ["_id", "type", "at", "service", "status", "response_time_ms"] {
        let mut bad = good.clone();
        bad.remove(field);
        assert_eq!(read(&bad), Err(Unreadable { field }));
        bad.insert(field, Bson::Boolean(true));
        assert_eq!(read(&bad), Err(Unreadable { field }));
    }
}
