//! The contract of [`RowSource`] for the sources `events` and `logs`.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::export::{
    Cell, Column, MOST_BYTES_AT_ONCE, MOST_ROWS_AT_ONCE, Row, RowQuery, Source, columns, of_event,
};
use domain::ports::{EventLog, RowSource};
use domain::{Event, TenantId};
use serde_json::json;
use time::macros::datetime;

use super::beside;
use crate::build::{event, request, session};

/// Every column of a source, over all time.
fn everything(source: Source) -> RowQuery {
    RowQuery {
        source,
        columns: columns(source),
        from: None,
        to: None,
    }
}

/// All rows, with each batch within its limits.
pub(super) async fn read(rows: &dyn RowSource, tenant: &TenantId, query: &RowQuery) -> Vec<Row> {
    let mut stream = rows.rows(tenant, query).await.unwrap();
    let mut all = vec![];
    loop {
        let batch = stream.next().await.unwrap();
        if batch.is_empty() {
            break;
        }
        assert!(batch.len() <= MOST_ROWS_AT_ONCE, "{} rows", batch.len());
        let bytes = |row: &Row| row.iter().map(Cell::bytes).sum::<usize>();
        let but_last = batch.iter().rev().skip(1).map(bytes).sum::<usize>();
        assert!(but_last <= MOST_BYTES_AT_ONCE, "{but_last} bytes");
        all.extend(batch);
    }
    assert!(
        stream.next().await.unwrap().is_empty(),
        "the end is the end"
    );
    if let Some(count) = rows.count(tenant, query).await.unwrap() {
        assert_eq!(count, all.len() as u64);
    }
    all
}

fn log(id: &str, at: &str, message: &str) -> Event {
    event(
        json!({"id": id, "type": "log", "at": at, "service": "shop", "level": "info",
        "message": message, "trace": {"a": [1, null, "ü"]}}),
    )
}

/// Where nothing was ingested there are no rows.
pub async fn nothing_makes_no_rows(_: &dyn EventLog, rows: &dyn RowSource, tenant: &TenantId) {
    for source in [Source::Events, Source::Logs] {
        assert_eq!(
            read(rows, tenant, &everything(source)).await,
            Vec::<Row>::new()
        );
    }
}

/// All types of events are there, whole, in the order of time, and in the columns asked for.
pub async fn rows_come_whole_in_the_order_of_time(
    log_of: &dyn EventLog,
    rows: &dyn RowSource,
    tenant: &TenantId,
) {
    let user = json!({"id": "4", "type": "user", "at": "2017-05-16T00:00:04Z", "user": "ann"});
    let events = [
        request("1", "2017-05-16T00:00:01.000000001Z", "ann", 247.782_9),
        session("2", "2017-05-16T00:00:02Z", "s", "start"),
        log("3", "2017-05-16T02:00:03+02:00", "=1+1, \"so\"\r\nto say"),
        event(user),
        log("5", "2017-05-16T00:00:05.25Z", ""),
        request("6", "2017-05-16T00:00:06Z", "bob", 0.0),
    ];
    let mut shuffled = events.to_vec();
    shuffled.rotate_left(4);
    shuffled.swap(0, 3);
    log_of.append(tenant, &shuffled).await.unwrap();
    for columns in [columns(Source::Events), {
        let mut few = columns(Source::Events);
        few.truncate(4);
        few.reverse();
        few
    }] {
        let expected: Vec<_> = events
            .iter()
            .map(|event| of_event(event, &columns))
            .collect();
        let query = RowQuery {
            columns,
            ..everything(Source::Events)
        };
        assert_eq!(read(rows, tenant, &query).await, expected);
    }
    let logs = everything(Source::Logs);
    let expected = [&events[2], &events[4]].map(|event| of_event(event, &logs.columns));
    assert_eq!(read(rows, tenant, &logs).await, expected);
}

/// The range includes its start and leaves out its end, to the last digit of the time.
pub async fn the_range_is_half_open(
    log_of: &dyn EventLog,
    rows: &dyn RowSource,
    tenant: &TenantId,
) {
    let events = [
        log("a", "2017-05-16T00:00:00Z", "m"),
        request("b", "2017-05-16T00:00:01.0001Z", "ann", 1.0),
        log("c", "2017-05-16T00:00:01.0002Z", "m"),
        session("d", "2017-05-16T00:00:02Z", "s", "end"),
    ];
    log_of.append(tenant, &events).await.unwrap();
    let second = datetime!(2017-05-16 00:00:01 UTC);
    for (from, to, expected) in [
        (None, None, "abcd"),
        (Some(second), None, "bcd"),
        (None, Some(second), "a"),
        (Some(datetime!(2017-05-16 00:00:01.0001 UTC)), None, "bcd"),
        (None, Some(datetime!(2017-05-16 00:00:01.0002 UTC)), "ab"),
        (
            Some(datetime!(2017-05-16 00:00:01.000_150 UTC)),
            Some(datetime!(2017-05-16 00:00:02 UTC)),
            "c",
        ),
        (Some(datetime!(2020-01-01 00:00 UTC)), None, ""),
    ] {
        let query = RowQuery {
            columns: columns(Source::Events)[..1].to_vec(),
            from,
            to,
            ..everything(Source::Events)
        };
        let ids = read(rows, tenant, &query).await.into_iter().flatten();
        let ids: String = ids
            .map(|cell| match cell {
                Cell::Text(id) => id,
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(ids, expected, "{from:?} {to:?}");
    }
}

/// More rows than come at once all come, once each, in order.
pub async fn many_rows_come_in_batches(
    log_of: &dyn EventLog,
    rows: &dyn RowSource,
    tenant: &TenantId,
) {
    let count = 2 * MOST_ROWS_AT_ONCE + 7;
    let events: Vec<_> = (0..count)
        .map(|n| {
            let at = format!("2017-05-16T00:{:02}:{:02}Z", n / 60, n % 60);
            match n % 3 {
                0 => request(&format!("{n:04}"), &at, "ann", 1.0),
                1 => log(&format!("{n:04}"), &at, &"long ".repeat(700)),
                _ => session(&format!("{n:04}"), &at, "s", "start"),
            }
        })
        .collect();
    for batch in events.chunks(500) {
        log_of.append(tenant, batch).await.unwrap();
    }
    let query = everything(Source::Events);
    let expected: Vec<_> = events
        .iter()
        .map(|event| of_event(event, &query.columns))
        .collect();
    let all = read(rows, tenant, &query).await;
    assert!(all == expected, "{} rows of {count}", all.len());
}

/// A tenant gets its own rows only.
pub async fn tenants_are_apart(log_of: &dyn EventLog, rows: &dyn RowSource, tenant: &TenantId) {
    let other = beside(tenant, "other");
    let at = "2017-05-16T00:00:00Z";
    log_of
        .append(tenant, &[log("1", at, "ours")])
        .await
        .unwrap();
    log_of
        .append(&other, &[log("1", at, "theirs")])
        .await
        .unwrap();
    for (tenant, message) in [(tenant, "ours"), (&other, "theirs")] {
        let query = RowQuery {
            columns: vec![Column::new("message", domain::export::ColumnKind::Text)],
            ..everything(Source::Logs)
        };
        let expected = [vec![Cell::Text(message.into())]];
        assert_eq!(read(rows, tenant, &query).await, expected);
    }
}

/// What another store keeps is refused.
pub async fn other_sources_are_refused(_: &dyn EventLog, rows: &dyn RowSource, tenant: &TenantId) {
    let query = everything(Source::Users);
    assert!(rows.rows(tenant, &query).await.is_err());
    assert!(rows.count(tenant, &query).await.is_err());
}
