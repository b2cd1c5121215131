//! Which events a question is about.

use bson::{Document, doc};
use domain::TenantId;
use time::OffsetDateTime;

use super::moment::Moment;

/// The tenant's requests at or after `from` and before `to`, exact to the nanosecond.
pub(super) fn requests(
    tenant: &TenantId,
    from: Option<OffsetDateTime>,
    to: Option<OffsetDateTime>,
) -> Document {
    events(tenant, "request", from, to)
}

/// The same for events of any type. The range of
/// `at` alone is what the index on tenant, type and `at` answers; the rest of the nanoseconds only
/// decides about events in the range's first and last millisecond.
pub(super) fn events(
    tenant: &TenantId,
    kind: &str,
    from: Option<OffsetDateTime>,
    to: Option<OffsetDateTime>,
) -> Document {
    let mut range = Document::new();
    if let Some(from) = from.map(Moment::from) {
        range.insert("$gte", from.date);
    }
    if let Some(to) = to.map(Moment::from) {
        range.insert(if to.rest_ns > 0 { "$lte" } else { "$lt" }, to.date);
    }
    let mut filter = doc! { "tenant": tenant.as_str(), "type": kind };
    if !range.is_empty() {
        filter.insert("at", range);
    }
    let rests = rests(from, to);
    if !rests.is_empty() {
        filter.insert("$and", rests);
    }
    filter
}

/// What decides about events in the range's first and last millisecond.
pub(super) fn rests(from: Option<OffsetDateTime>, to: Option<OffsetDateTime>) -> Vec<Document> {
    let mut rests = vec![];
    if let Some(from) = from.map(Moment::from).filter(|from| from.rest_ns > 0) {
        let rest = doc! { "at_rest_ns": { "$gte": from.rest_ns } };
        rests.push(doc! { "$or": [{ "at": { "$gt": from.date } }, rest] });
    }
    if let Some(to) = to.map(Moment::from).filter(|to| to.rest_ns > 0) {
        // Not "less than": most events have no rest at all.
        let rest = doc! { "at_rest_ns": { "$not": { "$gte": to.rest_ns } } };
        rests.push(doc! { "$or": [{ "at": { "$lt": to.date } }, rest] });
    }
    rests
}
