//! The contract of [`LogSearch`], checked against [`LogQuery::is_met_by`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::logs::{Lines, LogPlace, LogQuery, StatusFilter};
use domain::ports::{EventLog, LOOKED_AT, LogSearch};
use domain::{Event, TenantId};
use serde_json::json;
use time::macros::datetime;

use super::beside;
use crate::build::{event, request, session};

fn query(lines: Lines) -> LogQuery {
    LogQuery {
        lines,
        service: None,
        text: None,
        from: None,
        to: None,
        after: None,
        limit: 7,
    }
}

fn logs() -> LogQuery {
    query(Lines::Logs { level: None })
}

fn requests() -> LogQuery {
    query(Lines::Requests { status: None })
}

fn log(id: &str, at: &str, level: &str, message: &str) -> Event {
    let service = if id.ends_with('1') { "nova" } else { "shop" };
    event(json!({
        "id": id, "type": "log", "at": at, "service": service, "level": level, "message": message,
    }))
}

fn mixed() -> Vec<Event> {
    let mut events = vec![session("s", "2017-05-16T00:00:30Z", "s", "start")];
    for n in 0..40 {
        // Four lines at each moment, so that pages end between equal ones.
        let at = format!("2017-05-16T00:00:{:02}.25Z", n / 4);
        let level = ["info", "warn", "error"][n % 3];
        let message = ["Disk FULL (100%)", "all is well", "a.b*c", "größer"][n % 4];
        events.push(log(&format!("l{n}"), &at, level, message));
        let mut answered = json!(request(&format!("r{n}"), &at, "ann", 1.0));
        answered["status"] = json!([200, 201, 404, 500, 503][n % 5]);
        answered["path"] = json!(["/items", "/Items/7", "/health?a=(b)"][n % 3]);
        events.push(event(answered));
    }
    events
}

async fn every(search: &dyn LogSearch, tenant: &TenantId, query: &LogQuery) -> Vec<Event> {
    let mut query = query.clone();
    let mut all = vec![];
    loop {
        let page = search.lines(tenant, &query).await.unwrap();
        assert!(page.items.len() <= query.limit);
        all.extend(page.items);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return all,
        }
    }
}

async fn check(search: &dyn LogSearch, tenant: &TenantId, events: &[Event], query: &LogQuery) {
    let mut expected: Vec<_> = events
        .iter()
        .filter(|event| query.is_met_by(event))
        .collect();
    expected.sort_by_key(|event| std::cmp::Reverse(LogPlace::behind(event)));
    let found = every(search, tenant, query).await;
    assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query:?}");
}

/// Following the pages gives every line once, newest first.
pub async fn pages_hold_every_line_once(
    log: &dyn EventLog,
    search: &dyn LogSearch,
    tenant: &TenantId,
) {
    check(search, tenant, &[], &logs()).await;
    let events = mixed();
    log.append(tenant, &events).await.unwrap();
    for limit in [1, 3, 4, 40, 100] {
        for query in [logs(), requests()] {
            check(search, tenant, &events, &LogQuery { limit, ..query }).await;
        }
    }
}

/// Every filter picks what it says, alone and with others.
pub async fn filters_pick_lines(log: &dyn EventLog, search: &dyn LogSearch, tenant: &TenantId) {
    let events = mixed();
    log.append(tenant, &events).await.unwrap();
    let text = |text: &str| Some(text.to_owned());
    for query in [
        query(Lines::Logs {
            level: text("warn"),
        }),
        query(Lines::Logs {
            level: text("WARN"),
        }),
        query(Lines::Requests {
            status: Some(StatusFilter::Code(404)),
        }),
        query(Lines::Requests {
            status: Some(StatusFilter::Class(5)),
        }),
        LogQuery {
            service: text("nova"),
            ..logs()
        },
        LogQuery {
            service: text("nowhere"),
            ..logs()
        },
        LogQuery {
            service: text("nova"),
            ..query(Lines::Logs {
                level: text("error"),
            })
        },
        LogQuery {
            text: text("full (100%"),
            ..logs()
        },
        LogQuery {
            text: text("a.b*c"),
            ..logs()
        },
        LogQuery {
            text: text(".*"),
            ..logs()
        },
        LogQuery {
            text: text("größer"),
            ..logs()
        },
        LogQuery {
            text: text("items/"),
            ..requests()
        },
        LogQuery {
            text: text("?a=(b)"),
            ..requests()
        },
    ] {
        check(search, tenant, &events, &query).await;
    }
}

/// The range includes its start and excludes its end.
pub async fn the_range_is_half_open(log: &dyn EventLog, search: &dyn LogSearch, tenant: &TenantId) {
    let events = mixed();
    log.append(tenant, &events).await.unwrap();
    let (from, to) = (
        datetime!(2017-05-16 00:00:02.25 UTC),
        datetime!(2017-05-16 00:00:05.25 UTC),
    );
    for (from, to) in [
        (Some(from), None),
        (None, Some(to)),
        (Some(from), Some(to)),
        (Some(to), Some(from)),
    ] {
        check(search, tenant, &events, &LogQuery { from, to, ..logs() }).await;
    }
}

/// What is rare is found on a later page, and no page looks at everything.
pub async fn rare_lines_are_found(
    events: &dyn EventLog,
    search: &dyn LogSearch,
    tenant: &TenantId,
) {
    let count = LOOKED_AT * 2 + LOOKED_AT / 2;
    let line = |n: usize| {
        let at = format!(
            "2017-05-16T{:02}:{:02}:{:02}Z",
            n / 3600,
            n / 60 % 60,
            n % 60
        );
        let message = if n % 4_000 == 17 { "a needle" } else { "hay" };
        self::log(&format!("l{n}"), &at, "info", message)
    };
    let lines: Vec<_> = (0..count).map(line).collect();
    for batch in lines.chunks(1_000) {
        events.append(tenant, batch).await.unwrap();
    }
    let needles = LogQuery {
        text: Some("NEEDLE".into()),
        ..logs()
    };
    check(search, tenant, &lines, &needles).await;
}

/// Another tenant's lines are in no page, not even from its place on.
pub async fn tenants_are_apart(log: &dyn EventLog, search: &dyn LogSearch, tenant: &TenantId) {
    let other = beside(tenant, "other");
    let events = mixed();
    log.append(tenant, &events[..50]).await.unwrap();
    log.append(&other, &events[30..]).await.unwrap();
    check(search, tenant, &events[..50], &logs()).await;
    check(search, &other, &events[30..], &logs()).await;
}
