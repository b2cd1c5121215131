//! The contract of [`EventLog`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::event::MOST_IN_BATCH;
use domain::ports::{Appended, EventLog};
use domain::{Event, TenantId};
use futures::future::join_all;
use serde_json::{Value, json};

use super::beside;
use crate::build::{event, request, session};

const AT: &str = "2017-05-16T00:00:00.008Z";

fn batch(size: usize) -> Vec<Event> {
    (0..size)
        .map(|n| request(&format!("r{n}"), AT, "ann", 1.5))
        .collect()
}

fn all_new(events: &[Event]) -> Appended {
    Appended {
        accepted: events.len(),
        duplicates: vec![],
        fresh: events.to_vec(),
    }
}

fn all_known(events: &[Event]) -> Appended {
    Appended {
        accepted: 0,
        duplicates: events.to_vec(),
        fresh: vec![],
    }
}

/// New events are accepted, in their order; nothing is accepted of an empty batch.
pub async fn new_events_are_accepted(log: &dyn EventLog, tenant: &TenantId) {
    assert_eq!(log.append(tenant, &[]).await.unwrap(), all_new(&[]));
    let events = batch(MOST_IN_BATCH);
    assert_eq!(log.append(tenant, &events).await.unwrap(), all_new(&events));
}

/// The same batch again is all duplicates, as stored and in the batch's order.
pub async fn the_same_batch_again_is_all_duplicates(log: &dyn EventLog, tenant: &TenantId) {
    let mut events = batch(50);
    log.append(tenant, &events).await.unwrap();
    assert_eq!(
        log.append(tenant, &events).await.unwrap(),
        all_known(&events)
    );
    events.reverse();
    assert_eq!(
        log.append(tenant, &events).await.unwrap(),
        all_known(&events)
    );
}

/// Of two bodies with one id the first is the truth, however often the second comes.
pub async fn the_first_body_stays(log: &dyn EventLog, tenant: &TenantId) {
    let first = request("same", AT, "ann", 1.0);
    log.append(tenant, std::slice::from_ref(&first))
        .await
        .unwrap();
    let second = session("same", "2018-01-01T00:00:00Z", "s", "start");
    for _ in 0..2 {
        let appended = log
            .append(tenant, std::slice::from_ref(&second))
            .await
            .unwrap();
        assert_eq!(appended, all_known(std::slice::from_ref(&first)));
    }
}

/// Inside one batch the first of an id wins too, known before or not.
pub async fn ids_repeated_in_a_batch_are_duplicates_of_the_first(
    log: &dyn EventLog,
    tenant: &TenantId,
) {
    let one = request("a", AT, "ann", 1.0);
    let other = request("a", AT, "bob", 2.0);
    let alone = request("b", AT, "eve", 3.0);
    let events = [one.clone(), other.clone(), alone.clone(), one.clone()];
    let appended = log.append(tenant, &events).await.unwrap();
    assert_eq!(appended.accepted, 2);
    assert_eq!(appended.fresh, [one.clone(), alone]);
    assert_eq!(appended.duplicates, [one.clone(), one.clone()]);
    let again = log.append(tenant, &[other.clone(), other]).await.unwrap();
    assert_eq!(again, all_known(&[one.clone(), one]));
}

/// A batch of which a part is known gets its new part stored.
pub async fn a_partly_known_batch_is_completed(log: &dyn EventLog, tenant: &TenantId) {
    let events = batch(20);
    log.append(tenant, &events[5..10]).await.unwrap();
    let appended = log.append(tenant, &events).await.unwrap();
    assert_eq!(appended.accepted, 15);
    assert_eq!(appended.fresh, [&events[..5], &events[10..]].concat());
    assert_eq!(appended.duplicates, events[5..10]);
    assert_eq!(
        log.append(tenant, &events).await.unwrap(),
        all_known(&events)
    );
}

/// The same id in two tenants is two events.
pub async fn tenants_are_apart(log: &dyn EventLog, tenant: &TenantId) {
    let other = beside(tenant, "other");
    let ours = [request("same", AT, "ann", 1.0)];
    let theirs = [request("same", AT, "bob", 2.0)];
    assert_eq!(log.append(tenant, &ours).await.unwrap(), all_new(&ours));
    assert_eq!(log.append(&other, &theirs).await.unwrap(), all_new(&theirs));
    assert_eq!(log.append(tenant, &theirs).await.unwrap(), all_known(&ours));
    assert_eq!(log.append(&other, &ours).await.unwrap(), all_known(&theirs));
}

/// Of equal batches that arrive at once, each event is accepted exactly once.
pub async fn concurrent_batches_store_each_event_once(log: &dyn EventLog, tenant: &TenantId) {
    let events = batch(200);
    let attempts = (0..8).map(|_| log.append(tenant, &events));
    let mut accepted = 0;
    for outcome in join_all(attempts).await {
        let appended = outcome.unwrap();
        assert_eq!(appended.accepted, appended.fresh.len());
        assert_eq!(appended.accepted + appended.duplicates.len(), events.len());
        accepted += appended.accepted;
    }
    assert_eq!(accepted, events.len());
    assert_eq!(
        log.append(tenant, &events).await.unwrap(),
        all_known(&events)
    );
}

/// What is stored is what came: every type, any precision and offset of time, any further field.
pub async fn every_event_comes_back_as_it_was(log: &dyn EventLog, tenant: &TenantId) {
    let events: Vec<_> = unusual().into_iter().map(event).collect();
    assert_eq!(log.append(tenant, &events).await.unwrap(), all_new(&events));
    let stored = log.append(tenant, &events).await.unwrap().duplicates;
    for (stored, sent) in stored.iter().zip(&events) {
        // As JSON: moments compare equal across offsets.
        let [stored, sent] = [stored, sent].map(|event| serde_json::to_value(event).unwrap());
        assert_eq!(stored, sent);
    }
    assert_eq!(stored.len(), events.len());
}

fn unusual() -> Vec<Value> {
    let odd = json!({"$where": "1", "a.b": [1, {"": null}], "": "", "_id": 5, "tenant": "x", "extra": {}});
    let numbers = json!({"big": u64::MAX, "small": i64::MIN, "tiny": 5e-324, "huge": 1.797e308, "third": 1.0 / 3.0});
    let request = json!({"id": "id with / and .", "type": "request", "at": "2017-05-16T00:00:00.123456789Z",
        "service": "s", "method": "GET", "path": "/", "status": 599, "bytes": i64::MAX, "response_time_ms": 0.1 + 0.2});
    let mut with_extra = request.clone();
    with_extra["id"] = json!("extra");
    with_extra["odd"] = odd;
    with_extra["numbers"] = numbers;
    with_extra["$set"] = json!(1);
    with_extra["a.b"] = json!(2);
    with_extra["_id"] = json!(3);
    with_extra["tenant"] = json!("another");
    vec![
        request,
        with_extra,
        json!({"id": "o", "type": "user", "at": "2017-05-16T01:30:00.5+01:30", "user": "名前"}),
        json!({"id": "early", "type": "user", "at": "1970-01-01T00:00:00.0000001+14:00", "user": "u"}),
        json!({"id": "l", "type": "log", "at": AT, "service": "s", "level": "info", "message": "a\u{0}b\n\u{7f}😀"}),
        json!({"id": "empty", "type": "log", "at": AT, "service": "s", "level": "info", "message": ""}),
        json!({"id": "s1", "type": "session", "at": AT, "session_id": "s", "action": "start"}),
        json!({"id": "s2", "type": "session", "at": AT, "session_id": "s", "action": "end", "user": "u"}),
    ]
}
