//! The contract of [`Captures`] and [`CaptureShelf`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::capture::{Capture, CapturedEnd, CapturedRecord};
use domain::ports::{CaptureShelf, Captures};
use serde_json::json;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// The whole contract, of what is kept and found in the same place.
pub async fn all(captures: &dyn Captures, shelf: &dyn CaptureShelf) {
    what_is_kept_is_found(captures, shelf).await;
    days_and_functions_are_apart(captures, shelf).await;
    more_than_a_page_is_found(captures, shelf).await;
    nothing_is_no_error(shelf).await;
}

/// A capture with everything in it.
pub fn capture(function: &str, at: OffsetDateTime, id: u128) -> Capture {
    Capture {
        function: function.into(),
        by: "pool".into(),
        at,
        id: Uuid::from_u128(id << 64),
        batch: 5,
        records: vec![
            CapturedRecord {
                message_id: "a".into(),
                end: CapturedEnd::DeadLetter,
                code: "no_words".into(),
                reason: Some("no_words: There are no words: größe \u{1f600}".into()),
                comes_back: false,
            },
            CapturedRecord {
                message_id: "b".into(),
                end: CapturedEnd::Panicked,
                code: "panicked".into(),
                reason: None,
                comes_back: true,
            },
        ],
        event: json!({"Records": [{"messageId": "a", "body": "{\"v\":1}"}, {"messageId": "b"}]}),
    }
}

/// It comes back as it was, under the key that it names itself.
pub async fn what_is_kept_is_found(captures: &dyn Captures, shelf: &dyn CaptureShelf) {
    let kept = capture("contract", datetime!(2026-03-01 12:00:00.123 UTC), 1);
    let key = captures.keep(&kept).await.unwrap();
    assert_eq!(key, kept.key());
    assert_eq!(shelf.read(&key).await.unwrap(), Some(kept.clone()));
    // A repetition changes nothing.
    assert_eq!(captures.keep(&kept).await.unwrap(), key);
    let found = shelf.of_day("contract", kept.at.date()).await.unwrap();
    assert_eq!(found, [key]);
}

/// A function's captures of a day, oldest first, and nobody else's.
pub async fn days_and_functions_are_apart(captures: &dyn Captures, shelf: &dyn CaptureShelf) {
    let noon = datetime!(2026-04-02 12:00 UTC);
    let [late, early, before, other] = [
        capture("contract", noon + Duration::hours(11), 2),
        capture("contract", noon - Duration::hours(12), 3),
        capture("contract", noon - Duration::hours(13), 4),
        capture("contract2", noon, 5),
    ];
    for one in [&late, &early, &before, &other] {
        captures.keep(one).await.unwrap();
    }
    let found = shelf.of_day("contract", noon.date()).await.unwrap();
    assert_eq!(found, [early.key(), late.key()]);
}

/// However many there are.
pub async fn more_than_a_page_is_found(captures: &dyn Captures, shelf: &dyn CaptureShelf) {
    let noon = datetime!(2026-05-03 12:00 UTC);
    let mut keys = Vec::new();
    for second in 0..12_u32 {
        let at = noon + Duration::seconds(second.into());
        keys.push(
            captures
                .keep(&capture("contract", at, second.into()))
                .await
                .unwrap(),
        );
    }
    assert_eq!(shelf.of_day("contract", noon.date()).await.unwrap(), keys);
}

/// An empty day, a function without captures, and a key that is none.
pub async fn nothing_is_no_error(shelf: &dyn CaptureShelf) {
    let day = datetime!(2020-01-01 0:00 UTC).date();
    let nothing: [String; 0] = [];
    assert_eq!(shelf.of_day("contract", day).await.unwrap(), nothing);
    assert_eq!(shelf.of_day("nobody", day).await.unwrap(), nothing);
    let key = "captures/contract/2020/01/01/000000.000-0.json";
    assert_eq!(shelf.read(key).await.unwrap(), None);
}
