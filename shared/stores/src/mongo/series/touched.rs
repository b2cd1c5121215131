//! Marks of hours that an append touches.
//!
//! | field | holds |
//! |---|---|
//! | `_id` | `<tenant>/<hour>`, as RFC 3339: what is sorted and looked up by |
//! | `tenant`, `hour`, `day` | its parts, and the start of the day that the hour lies in |
//! | `at` | when the hour was last touched, by the database's clock |
//! | `due` | the same, or when its roll-up was put off; gone once the hour is rolled up: by it [`upkeep`](super::upkeep) finds what there is to do |

use std::collections::{BTreeMap, BTreeSet};

use bson::{DateTime, Document, doc};
use domain::aggregate::Bucket;
use domain::event::What;
use domain::series::Span;
use domain::{Event, TenantId};
use futures::TryStreamExt;
use mongodb::Collection;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::SERIES;
use crate::mongo::append::taken;
use crate::mongo::document::key;
use crate::mongo::failure::Failure;
use crate::mongo::moment::{Moment, utc};
use crate::mongo::{Events, TOUCHED};

impl Events {
    pub(super) fn marks(&self) -> Collection<Document> {
        self.database.collection(TOUCHED)
    }

    /// Marks the hours of the requests among these events as touched now.
    pub(in crate::mongo) async fn touch(
        &self,
        tenant: &TenantId,
        events: &[&Event],
    ) -> Result<(), Failure> {
        let requests = events
            .iter()
            .filter(|event| matches!(event.what, What::Request(_)));
        let hours: BTreeSet<_> = requests
            .map(|event| start(Bucket::Hour, event.at))
            .collect();
        if hours.is_empty() || self.mark(tenant, &hours).await? {
            return Ok(());
        }
        // Some are touched for the first time. What others have added meanwhile is as good.
        let now = Moment::from(self.clock.now()).date;
        let new = hours.iter().map(|hour| unmarked(tenant, *hour, now));
        let added = self.marks().insert_many(new).ordered(false).await;
        if let Err(error) = added {
            taken(*error.kind.clone(), error)?;
        }
        let marked = self.mark(tenant, &hours).await?;
        marked.then_some(()).ok_or(Failure::Gone)
    }

    /// Whether there was a mark for each of the hours. Those that there are say now.
    async fn mark(
        &self,
        tenant: &TenantId,
        hours: &BTreeSet<OffsetDateTime>,
    ) -> Result<bool, Failure> {
        let keys = hours.iter().map(|hour| key(tenant, &text(*hour)));
        let these = doc! { "_id": { "$in": keys.collect::<Vec<_>>() } };
        let now = doc! { "$currentDate": { "at": true, "due": true } };
        let updated = self.marks().update_many(these, now).await?;
        Ok(usize::try_from(updated.matched_count) == Ok(hours.len()))
    }

    /// When each bucket of the span was last touched, of those that were.
    pub(super) async fn touched(
        &self,
        tenant: &TenantId,
        span: Span,
    ) -> Result<BTreeMap<OffsetDateTime, DateTime>, Failure> {
        let start = match span.bucket() {
            Bucket::Minute | Bucket::Hour => "$hour",
            Bucket::Day => "$day",
        };
        let (from, to) = (
            key(tenant, &text(span.from())),
            key(tenant, &text(span.to())),
        );
        let pipeline = [
            doc! { "$match": { "_id": { "$gte": from, "$lt": to } } },
            doc! { "$group": { "_id": start, "at": { "$max": "$at" } } },
        ];
        let mut marks = self.marks().aggregate(pipeline).max_time(SERIES).await?;
        let mut touched = BTreeMap::new();
        while let Some(mark) = marks.try_next().await? {
            let at = mark.get_datetime("at").map_err(|_| Failure::Answer("at"))?;
            touched.insert(utc(&mark, "_id")?, *at);
        }
        Ok(touched)
    }
}

/// A mark of an hour that nobody has touched, which is about to be. Its time only keeps it from
/// expiring until then, so it may be by a clock of ours.
fn unmarked(tenant: &TenantId, hour: OffsetDateTime, now: DateTime) -> Document {
    doc! {
        "_id": key(tenant, &text(hour)), "tenant": tenant.as_str(), "at": now,
        "hour": Moment::from(hour).date, "day": Moment::from(start(Bucket::Day, hour)).date,
    }
}

/// When the bucket starts that a moment lies in.
pub(in crate::mongo) fn start(bucket: Bucket, at: OffsetDateTime) -> OffsetDateTime {
    let beyond = at
        .unix_timestamp()
        .rem_euclid(bucket.length().whole_seconds());
    let seconds = at.unix_timestamp() - beyond;
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// A start as RFC 3339 in UTC. As text, they sort by time.
pub(in crate::mongo) fn text(start: OffsetDateTime) -> String {
    start.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::series::Span;
    use proptest::prelude::*;
    use testkit::build;
    use time::Duration;

    use super::*;

    proptest! {
        #[test]
        fn a_start_is_that_of_the_bucket_and_sorts_as_text(
            first in 0..4_000_000_000_000_000_000_i64,
            second in 0..4_000_000_000_000_000_000_i64,
        ) {
            let moment = |ns: i64| {
                OffsetDateTime::from_unix_timestamp_nanos(i128::from(ns)).unwrap()
            };
            for bucket in [Bucket::Hour, Bucket::Day] {
                let [one, two] = [first, second].map(|ns| {
                    let at = moment(ns);
                    let span = Span::covering(bucket, at, at + Duration::NANOSECOND).unwrap();
                    let start = start(bucket, at);
                    assert_eq!(start, span.from());
                    start
                });
                prop_assert_eq!(one.cmp(&two), text(one).cmp(&text(two)));
            }
        }
    }

    #[test]
    fn a_mark_lies_in_its_range_of_keys() {
        let tenant = build::tenant();
        let hour = time::macros::datetime!(2026-01-01 23:00 UTC);
        let mark = unmarked(&tenant, hour, DateTime::MIN);
        assert_eq!(
            mark.get_str("_id").unwrap(),
            format!("{tenant}/2026-01-01T23:00:00Z")
        );
        let day = mark.get_datetime("day").unwrap().timestamp_millis();
        assert_eq!(day, hour.unix_timestamp() * 1_000 - 23 * 3_600_000);
    }
}
