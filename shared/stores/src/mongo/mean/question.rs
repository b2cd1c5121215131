//! What the database is asked: parts that are each a pipeline over a collection, joined to one.

use bson::{Document, doc};
use domain::TenantId;
use domain::aggregate::Bucket;

use super::cover::{Buckets, Cover, Stretch};
use crate::mongo::document::key;
use crate::mongo::filter::requests;
use crate::mongo::series::{rollup_key, text};
use crate::mongo::{COLLECTION, ROLLUPS, TOUCHED};

/// A collection, and what is asked of it.
pub(super) type Part = (&'static str, Vec<Document>);

/// The field that says what a row is: [`SUM`], or what [`rollups_of`] or [`marks_of`] say.
pub(super) const OF: &str = "of";
/// A row of the number of requests and the sum of their times.
pub(super) const SUM: &str = "sum";

/// How the rows of roll-ups of such buckets call themselves.
pub(super) fn rollups_of(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Day => "day",
        Bucket::Hour | Bucket::Minute => "hour",
    }
}

/// How the rows of their marks do.
pub(super) fn marks_of(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Day => "marked day",
        Bucket::Hour | Bucket::Minute => "marked hour",
    }
}

/// Everything about a window.
pub(super) fn of(tenant: &TenantId, cover: &Cover) -> Vec<Part> {
    let buckets = cover.buckets.iter();
    let kept = buckets.flat_map(|buckets| [rollups(tenant, buckets), marks(tenant, buckets)]);
    let stretches = cover.stretches.iter().map(|one| sum(tenant, *one));
    kept.chain(stretches).collect()
}

/// How many requests there are in a stretch, and the sum of their times; no row where there are none.
pub(super) fn sum(tenant: &TenantId, stretch: Stretch) -> Part {
    let sum = doc! {
        "_id": null, "count": { "$sum": 1 }, "sum": { "$sum": "$response_time_ms" },
    };
    let stages = vec![
        doc! { "$match": requests(tenant, stretch.from, stretch.to) },
        doc! { "$group": sum },
        doc! { "$project": { "_id": 0, OF: { "$literal": SUM }, "count": 1, "sum": 1 } },
    ];
    (COLLECTION, stages)
}

/// The buckets' figures over all, as they are kept.
fn rollups(tenant: &TenantId, buckets: &Buckets) -> Part {
    let bucket = buckets.bucket;
    // The keys of all buckets of that length begin so.
    let first = buckets.from.map(text).unwrap_or_default();
    let first = rollup_key(tenant, bucket, false, &first);
    let end = rollup_key(tenant, bucket, false, &text(buckets.to));
    let row = doc! {
        "_id": 0, OF: { "$literal": rollups_of(bucket) },
        "start": 1, "began": 1, "received_at": 1, "rows": 1,
    };
    let stages = vec![
        doc! { "$match": { "_id": { "$gte": first, "$lt": end } } },
        doc! { "$project": row },
    ];
    (ROLLUPS, stages)
}

/// When they were last touched, of those that were.
fn marks(tenant: &TenantId, buckets: &Buckets) -> Part {
    let first = buckets.from.map(text).unwrap_or_default();
    let (first, end) = (key(tenant, &first), key(tenant, &text(buckets.to)));
    let mut stages = vec![doc! { "$match": { "_id": { "$gte": first, "$lt": end } } }];
    let of = doc! { "$literal": marks_of(buckets.bucket) };
    let row = if buckets.bucket == Bucket::Day {
        stages.push(doc! { "$group": { "_id": "$day", "at": { "$max": "$at" } } });
        doc! { "_id": 0, OF: of, "start": "$_id", "at": 1 }
    } else {
        doc! { "_id": 0, OF: of, "start": "$hour", "at": 1 }
    };
    stages.push(doc! { "$project": row });
    (TOUCHED, stages)
}

/// One pipeline that gives the rows of all, and the collection that it starts with; nothing for no
/// parts.
pub(super) fn joined(parts: Vec<Part>) -> Option<Part> {
    let mut parts = parts.into_iter();
    let (first, mut stages) = parts.next()?;
    let others = parts.map(|(collection, stages)| {
        doc! { "$unionWith": { "coll": collection, "pipeline": stages } }
    });
    stages.extend(others);
    Some((first, stages))
}
