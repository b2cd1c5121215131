use proptest::prelude::*;
use serde_json::json;
use time::macros::datetime;

use super::*;
use crate::ids::{LeaseToken, UserId};
use crate::task::{NewTask, Terms};

const NOW: OffsetDateTime = datetime!(2026-03-01 12:00:00.123456789 UTC);

fn completed(result: TaskResult) -> Task {
    let new = NewTask {
        request_id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
        tenant: TenantId::new("acme").unwrap(),
        owner: UserId::new("ada").unwrap(),
        kind: "aggregate".into(),
        input: json!({"window": "all"}),
        tags: vec!["nightly".into()],
        terms: Terms::default(),
    };
    let mut task = Task::submit(new, NOW - Duration::HOUR);
    let token = LeaseToken::new(uuid::Uuid::nil());
    task.claim(token, NOW - Duration::SECOND, Duration::MINUTE)
        .unwrap();
    task.complete(token, result, NOW).unwrap();
    task
}

#[test]
fn a_report_is_what_came_out_and_what_was_asked() {
    let value = json!({"rows": [{"count": 1}, {"count": 2}]});
    let task = completed(TaskResult::Inline { value });
    let report = Report::of(&task, "Requests".into()).unwrap();
    let head = &report.head;
    assert_eq!((head.row_count, head.bytes), (Some(2), 34));
    assert_eq!((&head.input, &head.tags), (&task.input, &task.tags));
    assert_eq!(head.created_at, datetime!(2026-03-01 12:00:00.123 UTC));
    assert_eq!(Some(&report.result), task.state.result());
    assert_eq!(report.expires_at(), head.created_at + KEPT);
}

#[test]
fn a_report_does_not_outlive_its_result() {
    let key = "acme/results/x/1.json".into();
    let task = completed(TaskResult::Stored { key, bytes: 40_000 });
    let report = Report::of(&task, "Requests".into()).unwrap();
    assert_eq!((report.head.row_count, report.head.bytes), (None, 40_000));
    assert_eq!(report.expires_at(), report.head.created_at + KEPT_APART);
}

#[test]
fn without_a_result_there_is_no_report() {
    let mut task = completed(TaskResult::Inline { value: json!({}) });
    for state in [State::Queued, State::Cancelled] {
        task.state = state;
        assert_eq!(Report::of(&task, "Requests".into()), None);
    }
}

proptest! {
    #[test]
    fn a_place_is_read_as_it_was_written(ms in 0..4_000_000_000_000_i64, id in any::<u128>()) {
        let created_at = OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(ms);
        let place = ReportPlace {
            created_at: Reverse(created_at),
            request_id: Reverse(RequestId::new(uuid::Uuid::from_u128(id))),
        };
        prop_assert_eq!(place.to_string().parse(), Ok(place));
    }

    #[test]
    fn other_text_is_no_place(text in "[0-9a-f/-]{0,60}") {
        let read = text.parse::<ReportPlace>();
        prop_assert!(read.is_err() || text.len() > 37, "{text}");
    }
}
