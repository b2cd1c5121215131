//! The contract of [`RowSource`] for the sources `users` and `sessions`.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::export::{Cell, MOST_ROWS_AT_ONCE, Row, RowQuery, Source, columns};
use domain::ports::{ActivityStore, RowSource};
use domain::{Event, TenantId};
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;

use super::beside;
use super::event_rows::read;
use crate::build::{event, request, session};

fn everything(source: Source) -> RowQuery {
    RowQuery {
        source,
        columns: columns(source),
        from: None,
        to: None,
    }
}

fn at(second: u8) -> OffsetDateTime {
    datetime!(2017-05-16 00:00 UTC) + time::Duration::seconds(second.into())
}

fn text(text: &str) -> Cell {
    Cell::Text(text.into())
}

fn events() -> [Event; 6] {
    let nobody = json!({"id": "4", "type": "session", "at": "2017-05-16T00:00:04Z",
        "session_id": "s3", "action": "start"});
    [
        request("1", "2017-05-16T00:00:01.5Z", "ann", 1.0),
        request("2", "2017-05-16T00:00:09Z", "ann", 1.0),
        session("3", "2017-05-16T00:00:03Z", "s1", "start"),
        event(nobody),
        session("5", "2017-05-16T00:00:05Z", "s1", "end"),
        session("6", "2017-05-16T00:00:06Z", "s2", "end"),
    ]
}

/// Nobody makes no rows.
pub async fn nobody_makes_no_rows(_: &dyn ActivityStore, rows: &dyn RowSource, tenant: &TenantId) {
    for source in [Source::Users, Source::Sessions] {
        assert_eq!(
            read(rows, tenant, &everything(source)).await,
            Vec::<Row>::new()
        );
    }
}

/// Users come by their names, each once, with when they were seen.
pub async fn users_come_by_name(
    activity: &dyn ActivityStore,
    rows: &dyn RowSource,
    tenant: &TenantId,
) {
    activity.record(tenant, &events()).await.unwrap();
    let moment = |moment| Cell::Moment(moment);
    let first = at(1) + time::Duration::milliseconds(500);
    let expected = [
        vec![text("ann"), moment(first), moment(at(9))],
        vec![text("user-of-s1"), moment(at(3)), moment(at(5))],
        vec![text("user-of-s2"), moment(at(6)), moment(at(6))],
    ];
    assert_eq!(
        read(rows, tenant, &everything(Source::Users)).await,
        expected
    );
}

/// Sessions come by their names, with what is known of them.
pub async fn sessions_come_by_name(
    activity: &dyn ActivityStore,
    rows: &dyn RowSource,
    tenant: &TenantId,
) {
    activity.record(tenant, &events()).await.unwrap();
    let (start, end) = (Cell::Moment(at(3)), Cell::Moment(at(5)));
    let expected = [
        vec![text("s1"), text("user-of-s1"), start, end],
        vec![
            text("s2"),
            text("user-of-s2"),
            Cell::None,
            Cell::Moment(at(6)),
        ],
        vec![text("s3"), Cell::None, Cell::Moment(at(4)), Cell::None],
    ];
    let query = everything(Source::Sessions);
    assert_eq!(read(rows, tenant, &query).await, expected);
    let mut few = query.clone();
    few.columns = vec![query.columns[3].clone(), query.columns[0].clone()];
    let expected = expected.map(|row| vec![row[3].clone(), row[0].clone()]);
    assert_eq!(read(rows, tenant, &few).await, expected);
}

/// The range is of when users were seen last, and of when sessions started; it is half open.
pub async fn the_range_is_half_open(
    activity: &dyn ActivityStore,
    rows: &dyn RowSource,
    tenant: &TenantId,
) {
    activity.record(tenant, &events()).await.unwrap();
    for (source, from, to, expected) in [
        (Source::Users, Some(at(6)), None, &["ann", "user-of-s2"][..]),
        (Source::Users, None, Some(at(6)), &["user-of-s1"]),
        (Source::Users, Some(at(10)), None, &[]),
        (Source::Sessions, Some(at(3)), Some(at(4)), &["s1"]),
        (Source::Sessions, None, Some(at(10)), &["s1", "s3"]),
    ] {
        let query = RowQuery {
            columns: columns(source)[..1].to_vec(),
            from,
            to,
            ..everything(source)
        };
        let expected: Vec<_> = expected.iter().map(|name| vec![text(name)]).collect();
        assert_eq!(read(rows, tenant, &query).await, expected, "{query:?}");
    }
}

/// More rows than come at once all come, once each.
pub async fn many_rows_come_in_batches(
    activity: &dyn ActivityStore,
    rows: &dyn RowSource,
    tenant: &TenantId,
) {
    let names = || (0..2 * MOST_ROWS_AT_ONCE + 7).map(|n| format!("user-{n:05}"));
    let events: Vec<_> = names()
        .map(|name| request(&name, "2017-05-16T00:00:00Z", &name, 1.0))
        .collect();
    activity.record(tenant, &events).await.unwrap();
    let mut query = everything(Source::Users);
    query.columns.truncate(1);
    let expected: Vec<_> = names().map(|name| vec![Cell::Text(name)]).collect();
    let all = read(rows, tenant, &query).await;
    assert!(all == expected, "{} rows", all.len());
}

/// A stream that is dropped half-way leaves the store as good as before.
pub async fn a_reader_may_leave_early(
    activity: &dyn ActivityStore,
    rows: &dyn RowSource,
    tenant: &TenantId,
) {
    activity.record(tenant, &events()).await.unwrap();
    let query = everything(Source::Users);
    for _ in 0..20 {
        let mut stream = rows.rows(tenant, &query).await.unwrap();
        stream.next().await.unwrap();
        drop(rows.rows(tenant, &query).await.unwrap());
    }
    assert_eq!(read(rows, tenant, &query).await.len(), 3);
}

/// A tenant gets its own rows only.
pub async fn tenants_are_apart(
    activity: &dyn ActivityStore,
    rows: &dyn RowSource,
    tenant: &TenantId,
) {
    let other = beside(tenant, "other");
    activity.record(tenant, &events()).await.unwrap();
    activity.record(&other, &events()[..1]).await.unwrap();
    assert_eq!(
        read(rows, tenant, &everything(Source::Users)).await.len(),
        3
    );
    assert_eq!(
        read(rows, &other, &everything(Source::Users)).await.len(),
        1
    );
}

/// What another store keeps is refused.
pub async fn other_sources_are_refused(
    _: &dyn ActivityStore,
    rows: &dyn RowSource,
    tenant: &TenantId,
) {
    let query = everything(Source::Events);
    assert!(rows.rows(tenant, &query).await.is_err());
    assert!(rows.count(tenant, &query).await.is_err());
}
