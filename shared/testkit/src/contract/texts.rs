//! The contract of [`Texts`].
#![expect(
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::{EventLog, Texts};
use domain::texts::{TextQuery, TextSource};
use domain::{Event, TenantId};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use super::beside;
use crate::build::{NOW, request, session};

/// The whole contract.
pub async fn all(log: &dyn EventLog, texts: &dyn Texts, tenant: &TenantId) {
    newest_come_first_within_the_limits(log, texts, &beside(tenant, "limits")).await;
    the_range_is_half_open(log, texts, &beside(tenant, "range")).await;
    each_condition_counts(log, texts, &beside(tenant, "where")).await;
    any_field_may_hold_the_text(log, texts, &beside(tenant, "field")).await;
    tenants_are_apart(log, texts, &beside(tenant, "apart")).await;
}

fn query() -> TextQuery {
    TextQuery {
        source: TextSource::Logs,
        field: "message".into(),
        from: None,
        to: None,
        service: None,
        level: None,
        contains: None,
        limit: 100,
        most_bytes: 10_000,
    }
}

fn event(item: Value) -> Event {
    Event::parse(item, NOW).unwrap_or_else(|error| panic!("{error}"))
}

fn line(id: &str, at: &str, service: &str, level: &str, message: &str) -> Event {
    event(
        json!({"id": id, "type": "log", "at": at, "service": service, "level": level,
        "message": message}),
    )
}

async fn ids(texts: &dyn Texts, tenant: &TenantId, query: &TextQuery) -> (Vec<String>, bool) {
    let found = texts.find(tenant, query).await.unwrap();
    let ids = found.texts.into_iter().map(|text| text.id).collect();
    (ids, found.more)
}

/// By number of texts and by their bytes.
pub async fn newest_come_first_within_the_limits(
    log: &dyn EventLog,
    texts: &dyn Texts,
    tenant: &TenantId,
) {
    assert_eq!(ids(texts, tenant, &query()).await, (vec![], false));
    let events = [
        line("b", "2026-01-01T00:00:02Z", "shop", "info", "two"),
        line("a", "2026-01-01T00:00:01Z", "shop", "info", "one"),
        line("blank", "2026-01-01T00:00:02.5Z", "shop", "info", " "),
        line("c", "2026-01-01T00:00:03Z", "shop", "info", "three"),
        session("s", "2026-01-01T00:00:04Z", "s", "start"),
    ];
    log.append(tenant, &events).await.unwrap();
    let found = texts.find(tenant, &query()).await.unwrap();
    let told: Vec<_> = found
        .texts
        .iter()
        .map(|found| (&*found.id, &*found.text))
        .collect();
    assert_eq!(told, [("c", "three"), ("b", "two"), ("a", "one")]);
    assert!(!found.more);
    for (limit, most_bytes, expected, more) in [
        (3, 11, &["c", "b", "a"][..], false),
        (2, 11, &["c", "b"], true),
        (3, 10, &["c", "b"], true),
        (3, 4, &[], true),
    ] {
        let limited = TextQuery {
            limit,
            most_bytes,
            ..query()
        };
        let (found, cut) = ids(texts, tenant, &limited).await;
        assert_eq!(
            (&found[..], cut),
            (
                &expected
                    .iter()
                    .map(|id| (*id).to_owned())
                    .collect::<Vec<_>>()[..],
                more
            )
        );
    }
}

/// With its start, without its end.
pub async fn the_range_is_half_open(log: &dyn EventLog, texts: &dyn Texts, tenant: &TenantId) {
    let at = |n| format!("2026-01-01T00:00:0{n}Z");
    let events = [1, 2, 3].map(|n| line(&n.to_string(), &at(n), "shop", "info", "text"));
    log.append(tenant, &events).await.unwrap();
    let second: OffsetDateTime = datetime!(2026-01-01 00:00:02 UTC);
    let third: OffsetDateTime = datetime!(2026-01-01 00:00:03 UTC);
    for (from, to, expected) in [
        (Some(second), None, &["3", "2"][..]),
        (None, Some(second), &["1"]),
        (Some(second), Some(third), &["2"]),
        (Some(datetime!(2026-02-01 0:00 UTC)), None, &[]),
    ] {
        let ranged = TextQuery {
            from,
            to,
            ..query()
        };
        assert_eq!(
            ids(texts, tenant, &ranged).await.0,
            expected,
            "{from:?} {to:?}"
        );
    }
}

/// A service, a level, a part of the text in capitals or not, with no sign a pattern.
pub async fn each_condition_counts(log: &dyn EventLog, texts: &dyn Texts, tenant: &TenantId) {
    let at = "2026-01-01T00:00:00Z";
    let events = [
        line("1", at, "shop", "info", "Disk full (95.5%)"),
        line("2", at, "till", "error", "a disk is fullish"),
        request("3", at, "ann", 1.0),
    ];
    log.append(tenant, &events).await.unwrap();
    let some = |text: &str| Some(text.to_owned());
    for (asked, expected) in [
        (
            TextQuery {
                service: some("shop"),
                ..query()
            },
            &["1"][..],
        ),
        (
            TextQuery {
                level: some("error"),
                ..query()
            },
            &["2"],
        ),
        (
            TextQuery {
                contains: some("DISK"),
                ..query()
            },
            &["2", "1"],
        ),
        (
            TextQuery {
                contains: some("full ("),
                ..query()
            },
            &["1"],
        ),
        (
            TextQuery {
                contains: some("f.ll"),
                ..query()
            },
            &[],
        ),
        (
            TextQuery {
                contains: some("5%)"),
                ..query()
            },
            &["1"],
        ),
        (
            TextQuery {
                service: some("nobody"),
                ..query()
            },
            &[],
        ),
    ] {
        assert_eq!(ids(texts, tenant, &asked).await.0, expected, "{asked:?}");
    }
}

/// Of every type of event, under a name of ours or of the sender's.
pub async fn any_field_may_hold_the_text(log: &dyn EventLog, texts: &dyn Texts, tenant: &TenantId) {
    let at = "2026-01-01T00:00:00Z";
    let events = [
        event(json!({"id": "u", "type": "user", "at": at, "user": "ann", "comment": "Good"})),
        event(json!({"id": "n", "type": "user", "at": at, "user": "ben", "comment": 7})),
        line("l", at, "shop", "info", "up"),
        request("r", at, "ann", 1.0),
    ];
    log.append(tenant, &events).await.unwrap();
    let of = |source, field: &str| TextQuery {
        source,
        field: field.into(),
        ..query()
    };
    for (asked, expected) in [
        (of(TextSource::Events, "comment"), &["u"][..]),
        (of(TextSource::Logs, "comment"), &[]),
        (of(TextSource::Events, "message"), &["l"]),
        (of(TextSource::Events, "path"), &["r"]),
        (of(TextSource::Events, "none"), &[]),
    ] {
        assert_eq!(ids(texts, tenant, &asked).await.0, expected, "{asked:?}");
    }
}

/// Another tenant's texts are not found.
pub async fn tenants_are_apart(log: &dyn EventLog, texts: &dyn Texts, tenant: &TenantId) {
    let at = "2026-01-01T00:00:00Z";
    let event = line("1", at, "shop", "info", "text");
    log.append(tenant, &[event]).await.unwrap();
    let other = beside(tenant, "other");
    assert_eq!(ids(texts, &other, &query()).await.0, [""; 0]);
    assert_eq!(ids(texts, tenant, &query()).await.0, ["1"]);
}
