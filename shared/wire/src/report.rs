//! Reports as HTTP bodies.

use domain::Report;
use domain::ports::ResultLink;
use domain::report::ReportHead;
use protocol::http::{ReportBody, ReportSummary};

use crate::task::result_fields;

/// A report as a list shows it.
pub fn summary(head: &ReportHead) -> ReportSummary {
    ReportSummary {
        request_id: head.request_id.to_string(),
        title: head.title.clone(),
        kind: head.kind.clone(),
        input: head.input.clone(),
        tags: head.tags.clone(),
        created_at: head.created_at,
        row_count: head.row_count,
        bytes: head.bytes,
    }
}

/// A report with its result. `link` leads to one that is kept elsewhere.
pub fn body(report: &Report, link: Option<&ResultLink>) -> ReportBody {
    let (result, result_url) = result_fields(Some(&report.result), link);
    ReportBody {
        summary: summary(&report.head),
        result,
        result_url,
    }
}
