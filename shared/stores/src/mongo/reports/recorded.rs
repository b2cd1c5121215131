//! Reports as they are recorded.

use serde_json::json;
use testkit::build::NOW;

use super::*;
use crate::mongo::formats::hold;

#[test]
fn reports_are_as_recorded() {
    let tenant = TenantId::new("acme").unwrap();
    let id: RequestId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    let inline = TaskResult::Inline {
        value: json!({"rows": [{"count": 2}]}),
    };
    let stored = TaskResult::Stored {
        key: format!("acme/results/{id}/1.json"),
        bytes: 40_000,
    };
    for (name, result, row_count, bytes) in [
        ("report-inline", inline, Some(1), 24),
        ("report-stored", stored, None, 40_000),
    ] {
        let head = ReportHead {
            request_id: id,
            tenant: tenant.clone(),
            title: "requests by service".into(),
            kind: "aggregate".into(),
            input: json!({"group_by": ["service"]}),
            tags: vec!["nightly".into()],
            created_at: NOW,
            row_count,
            bytes,
        };
        let report = Report { head, result };
        let read = |document: &Document| read(&tenant, document);
        hold(name, &report, write, read, &[]);
    }
}
