//! The contract of [`ReportStore`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::ReportStore;
use domain::report::{ReportHead, ReportPlace, ReportQuery};
use domain::task::TaskResult;
use domain::{Report, TenantId};
use serde_json::json;
use time::Duration;

use super::beside;
use crate::build::{self, NOW};

/// A report made so many milliseconds after [`NOW`].
fn report(tenant: &TenantId, ms: i64) -> Report {
    let value = json!({"rows": [{"service": "größe", "count": ms, "mean": 0.1}], "$from": null});
    Report {
        head: ReportHead {
            request_id: build::request_id(),
            tenant: tenant.clone(),
            title: "Requests by service – größe".into(),
            kind: "aggregate".into(),
            input: json!({"group_by": ["service"], "$a.b": {"": [1.5, true, null]}}),
            tags: vec!["nightly".into(), "größe".into()],
            created_at: NOW + Duration::milliseconds(ms),
            row_count: Some(1),
            bytes: 70,
        },
        result: TaskResult::Inline { value },
    }
}

/// One whose result is kept elsewhere.
fn apart(tenant: &TenantId, ms: i64) -> Report {
    let mut report = report(tenant, ms);
    let id = report.head.request_id;
    (report.head.row_count, report.head.bytes) = (None, 5_000_000_000);
    report.head.tags = vec![];
    report.result = TaskResult::Stored {
        key: format!("{tenant}/results/{id}/1.json"),
        bytes: report.head.bytes,
    };
    report
}

async fn every(store: &dyn ReportStore, tenant: &TenantId, limit: usize) -> Vec<ReportHead> {
    let (mut all, mut after) = (vec![], None);
    loop {
        let query = ReportQuery { after, limit };
        let page = store.list(tenant, &query).await.unwrap();
        assert!(page.items.len() <= limit);
        all.extend(page.items);
        if page.next.is_none() {
            return all;
        }
        after = page.next;
    }
}

/// Small and large results, with all that was asked.
pub async fn a_report_comes_back_as_it_was(store: &dyn ReportStore, tenant: &TenantId) {
    for report in [report(tenant, 0), apart(tenant, 123), report(tenant, -1)] {
        let id = report.head.request_id;
        assert_eq!(store.find(tenant, id).await.unwrap(), None);
        store.save(&report).await.unwrap();
        assert_eq!(store.find(tenant, id).await.unwrap(), Some(report));
    }
    assert_eq!(store.find(tenant, build::request_id()).await.unwrap(), None);
}

/// Saving again changes nothing, whatever comes under the name.
pub async fn a_report_is_stored_once(store: &dyn ReportStore, tenant: &TenantId) {
    let first = report(tenant, 0);
    let id = first.head.request_id;
    store.save(&first).await.unwrap();
    store.save(&first).await.unwrap();
    let mut renamed = first.clone();
    renamed.head.title = "Another".into();
    store.save(&renamed).await.unwrap();
    assert_eq!(store.find(tenant, id).await.unwrap(), Some(first.clone()));
    assert_eq!(every(store, tenant, 10).await, [first.head]);
}

/// Following the pages gives every report once, newest first, also where many were made at once.
pub async fn pages_hold_every_report_once(store: &dyn ReportStore, tenant: &TenantId) {
    assert!(every(store, tenant, 3).await.is_empty());
    let mut expected = vec![];
    for n in 0..13 {
        // Not in the order of their names, and four at each moment.
        let ms = (n * 7 % 13) / 4;
        let report = if n % 2 == 0 {
            report(tenant, ms)
        } else {
            apart(tenant, ms)
        };
        store.save(&report).await.unwrap();
        expected.push(report.head);
    }
    expected.sort_by_key(ReportPlace::behind);
    for pair in expected.windows(2) {
        assert!(pair[0].created_at >= pair[1].created_at, "newest first");
    }
    for limit in [1, 3, 12, 13, 14] {
        assert_eq!(
            every(store, tenant, limit).await,
            expected,
            "pages of {limit}"
        );
    }
}

/// Another tenant's report is not there, not even under its name.
pub async fn tenants_are_apart(store: &dyn ReportStore, tenant: &TenantId) {
    let other = beside(tenant, "other");
    let (ours, theirs) = (report(tenant, 0), report(&other, 1));
    for report in [&ours, &theirs] {
        store.save(report).await.unwrap();
    }
    assert_eq!(
        store.find(tenant, theirs.head.request_id).await.unwrap(),
        None
    );
    let place = Some(ReportPlace::behind(&theirs.head));
    let query = ReportQuery {
        after: place,
        limit: 9,
    };
    let behind = store.list(tenant, &query).await.unwrap();
    assert_eq!(behind.items, [ours.head]);
    assert_eq!(every(store, &other, 9).await, [theirs.head]);
}

/// Several workers that save the same report at once all succeed, and there is one.
pub async fn savers_at_once_agree(store: &dyn ReportStore, tenant: &TenantId) {
    let report = report(tenant, 0);
    let savers = (0..8).map(|_| store.save(&report));
    for saved in futures::future::join_all(savers).await {
        saved.unwrap();
    }
    assert_eq!(every(store, tenant, 9).await, [report.head]);
}
