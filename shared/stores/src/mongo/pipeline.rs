//! The pipeline that aggregates requests, with exact percentiles.
//!
//! A percentile by nearest rank is the value at rank ceil(p * n) in the sorted group. So each
//! request gets its rank and its group's size, and each percentile is the greatest value whose
//! rank is not beyond it. Sorting and numbering spill to disk, so that memory stays bounded
//! however many requests there are. (`$percentile` is approximate and needs `MongoDB` 7.) In the same
//! way each user's requests in a group are numbered, and the first ones counted: a set of all users
//! would have to fit into one document.

use bson::{Bson, Document, doc};
use domain::TenantId;
use domain::aggregate::{AggregateQuery, Bucket, GroupBy};

use super::filter::requests;

/// The stages that answer a query.
pub(super) fn stages(tenant: &TenantId, query: &AggregateQuery) -> Vec<Document> {
    let mut stages = figures(tenant, query, None);
    stages.extend([
        doc! { "$sort": order(query) },
        doc! { "$limit": i64::try_from(query.limit).unwrap_or(i64::MAX) },
    ]);
    stages
}

/// The stages that give all groups with their figures, in no order. Where a field of the requests
/// is named, each has its least value too.
pub(super) fn figures(
    tenant: &TenantId,
    query: &AggregateQuery,
    least: Option<&str>,
) -> Vec<Document> {
    let mut needed = doc! {
        "_id": 0, "group": group(query), "time": "$response_time_ms",
        "failed": { "$gte": ["$status", 500] }, "user": { "$ifNull": ["$user", null] },
    };
    let mut figures = doc! {
        "_id": "$group",
        "count": { "$sum": 1 },
        "errors": { "$sum": { "$cond": ["$failed", 1, 0] } },
        "users": { "$sum": { "$cond": [first_of_a_user(), 1, 0] } },
        "mean": { "$avg": "$time" },
        "min": { "$min": "$time" },
        "max": { "$max": "$time" },
        "p50": percentile(50),
        "p95": percentile(95),
        "p99": percentile(99),
    };
    if let Some(field) = least {
        needed.insert(field, format!("${field}"));
        figures.insert(field, doc! { "$min": format!("${field}") });
    }
    vec![
        doc! { "$match": matching(tenant, query) },
        doc! { "$project": needed },
        doc! { "$setWindowFields": {
            "partitionBy": "$group",
            "sortBy": { "time": 1 },
            "output": {
                "rank": { "$documentNumber": {} },
                "size": { "$count": {}, "window": { "documents": ["unbounded", "unbounded"] } },
            },
        } },
        doc! { "$setWindowFields": {
            "partitionBy": { "group": "$group", "user": "$user" },
            "sortBy": { "time": 1 },
            "output": { "nth": { "$documentNumber": {} } },
        } },
        doc! { "$group": figures },
    ]
}

/// Which requests count.
fn matching(tenant: &TenantId, query: &AggregateQuery) -> Document {
    let mut filter = requests(tenant, query.from, query.to);
    let only = &query.only;
    let lists = [
        ("service", &only.service),
        ("path", &only.path),
        ("route", &only.route),
        ("method", &only.method),
        ("user", &only.user),
    ];
    for (field, list) in lists {
        if !list.is_empty() {
            filter.insert(field, doc! { "$in": list });
        }
    }
    let codes = only.status.iter().map(|code| i32::from(*code));
    let codes: Vec<_> = codes.collect();
    if !codes.is_empty() {
        filter.insert("status", doc! { "$in": codes });
    }
    let classes = CLASSES.iter().filter(|(name, _)| only.has_class(name));
    let classes: Vec<_> = classes
        .map(|(_, first)| doc! { "status": { "$gte": first, "$lt": first + 100 } })
        .collect();
    if !classes.is_empty() {
        filter.insert("$or", classes);
    }
    filter
}

/// The classes of status codes with the first code of each.
const CLASSES: [(&str, i32); 5] = [
    ("1xx", 100),
    ("2xx", 200),
    ("3xx", 300),
    ("4xx", 400),
    ("5xx", 500),
];

fn class_of_status() -> Bson {
    let branches = CLASSES.map(|(name, first)| {
        let below = doc! { "$lt": ["$status", first + 100] };
        doc! { "case": below, "then": name }
    });
    doc! { "$switch": { "branches": branches.to_vec(), "default": "5xx" } }.into()
}

fn first_of_a_user() -> Document {
    doc! { "$and": [{ "$eq": ["$nth", 1] }, { "$ne": ["$user", null] }] }
}

/// What a request's group is. A constant where everything is one group.
fn group(query: &AggregateQuery) -> Bson {
    if query.group_by.is_empty() {
        return doc! { "$literal": 1 }.into();
    }
    let columns = query.group_by.iter();
    let group: Document = columns
        .map(|by| (by.column().to_owned(), value(*by, query.bucket)))
        .collect();
    group.into()
}

fn value(by: GroupBy, bucket: Bucket) -> Bson {
    match by {
        GroupBy::Service => "$service".into(),
        GroupBy::Path => "$path".into(),
        // Requests that an earlier release has stored have none.
        GroupBy::Route => doc! { "$ifNull": ["$route", "$path"] }.into(),
        GroupBy::Method => "$method".into(),
        GroupBy::Status => "$status".into(),
        GroupBy::StatusClass => class_of_status(),
        GroupBy::User => doc! { "$ifNull": ["$user", null] }.into(),
        GroupBy::Time => {
            doc! { "$dateToString": { "date": "$at", "format": start(bucket) } }.into()
        }
    }
}

/// A bucket's start in UTC. As text, buckets sort by time.
fn start(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Minute => "%Y-%m-%dT%H:%M:00Z",
        Bucket::Hour => "%Y-%m-%dT%H:00:00Z",
        Bucket::Day => "%Y-%m-%dT00:00:00Z",
    }
}

/// The greatest value at a rank of at most ceil(percent * size / 100), in whole numbers: a rank is
/// that if the one before it is below the unrounded bound.
fn percentile(percent: i32) -> Document {
    let before = doc! { "$multiply": [{ "$subtract": ["$rank", 1] }, 100] };
    let bound = doc! { "$multiply": ["$size", percent] };
    doc! { "$max": { "$cond": [{ "$lt": [before, bound] }, "$time", null] } }
}

fn order(query: &AggregateQuery) -> Document {
    let mut order = doc! { "count": -1 };
    if query.group_by.is_empty() {
        return order;
    }
    for by in &query.group_by {
        // A column named twice sorts by its first mention.
        order
            .entry(format!("_id.{}", by.column()))
            .or_insert(1.into());
    }
    order
}
