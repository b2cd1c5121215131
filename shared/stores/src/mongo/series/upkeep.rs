//! Rolls up what appends have touched, before anybody asks.
//!
//! Every mark says that its hour is due until it was rolled up. Saying so costs an append nothing:
//! it is a field more of a write that there is anyway. What is due is found the longest first, and
//! computed for a whole day from one reading: its hours and itself, over all and by service.
//!
//! No lock is needed. A roll-up is kept only where it [holds](super::freshness), and the same
//! comparison decides whether the mark is due no more, in the write that changes it; so an append
//! that comes in between leaves its hours due. Of two that roll up the same hours both are right.

use std::time::Duration;

use async_trait::async_trait;
use bson::{DateTime, Document, doc};
use domain::TenantId;
use domain::aggregate::Bucket as Length;
use domain::ports::{OutdatedHours, PortError, RollUps};
use domain::series::{SeriesQuery, Span};
use futures::TryStreamExt;
use time::OffsetDateTime;

use super::figures::{Bucket, BucketRows};
use super::pieces::Pieces;
use super::touched::text;
use super::{Reading, SERIES};
use crate::mongo::Events;
use crate::mongo::document::key;
use crate::mongo::failure::Failure;
use crate::mongo::moment::{Moment, utc};

/// Most memory that one reading takes: a third of what an answer may, as the hours and the day made
/// of them are there at once. A busier day is rolled up in pieces and has no roll-up itself.
const MOST_BYTES: usize = 35_000_000;
/// Most rows of one reading: a day's hours of some two thousand services.
const MOST_ROWS: usize = 50_000;
const HOUR: Duration = Duration::from_hours(1);
const HOURS_OF_DAY: usize = 24;

#[async_trait]
impl RollUps for Events {
    async fn outdated(&self, most_hours: usize) -> Result<Vec<OutdatedHours>, PortError> {
        Ok(self.due(most_hours).await?)
    }

    async fn roll_up(&self, outdated: &OutdatedHours) -> Result<(), PortError> {
        Ok(self.make(outdated).await?)
    }

    async fn postpone(&self, outdated: &OutdatedHours) -> Result<(), PortError> {
        // Those that are due no more stay so.
        let mut these = these(outdated);
        these.insert("due", doc! { "$exists": true });
        let later = doc! { "$currentDate": { "due": true } };
        let updated = self.marks().update_many(these, later).await;
        Ok(updated.map(drop).map_err(Failure::from)?)
    }
}

impl Events {
    async fn due(&self, most: usize) -> Result<Vec<OutdatedHours>, Failure> {
        let settled = before(self.database_clock().await?, self.settled_after);
        let over = before(settled, HOUR);
        let due = doc! { "due": { "$lt": settled }, "hour": { "$lte": over } };
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let marks = self.marks();
        let marks = marks.find(due).sort(doc! { "due": 1 }).limit(most);
        let mut marks = marks.max_time(SERIES).await?;
        let mut days: Vec<OutdatedHours> = vec![];
        while let Some(mark) = marks.try_next().await? {
            let (tenant, day, hour) = read(&mark)?;
            let same = |known: &&mut OutdatedHours| known.day == day && known.tenant == tenant;
            match days.iter_mut().rev().find(same) {
                Some(known) => known.hours.push(hour),
                None => days.push(OutdatedHours {
                    tenant,
                    day,
                    hours: vec![hour],
                }),
            }
        }
        Ok(days)
    }

    async fn make(&self, outdated: &OutdatedHours) -> Result<(), Failure> {
        let tenant = &outdated.tenant;
        let began = self.database_clock().await?;
        let Some((span, day)) = spans(outdated, before(began, self.settled_after)) else {
            return Ok(());
        };
        let hours = Reading {
            began,
            touched: self.touched(tenant, span).await?,
            settled_after: self.settled_after,
        };
        let mut pieces = Pieces::of(span, 0..span.count());
        while let Some(piece) = pieces.next() {
            let query = query(piece);
            let read = self.tallied(tenant, &query, MOST_ROWS, MOST_BYTES).await;
            let read = read.and_then(|buckets| {
                let rows: usize = buckets.iter().map(Bucket::count).sum();
                (rows < MOST_ROWS)
                    .then_some(buckets)
                    .ok_or(Failure::TooMuch)
            });
            let buckets = match read {
                Err(Failure::TooMuch) => {
                    // An hour that cannot be cut is computed when it is asked for.
                    pieces.cut(piece);
                    continue;
                }
                outcome => outcome?,
            };
            self.keep_both(tenant, &query, &hours, &buckets).await?;
            if let Some(day) = day.filter(|_| piece == span) {
                let last = hours.touched.values().max().copied();
                let reading = Reading {
                    touched: last.map(|at| (day.from(), at)).into_iter().collect(),
                    ..hours
                };
                let mut whole = Bucket::starting(day.from());
                for bucket in buckets {
                    whole.join(bucket);
                }
                let whole: Vec<_> = (whole.count() > 0).then_some(whole).into_iter().collect();
                self.keep_both(tenant, &self::query(day), &reading, &whole)
                    .await?;
                break;
            }
        }
        let mut these = these(outdated);
        these.insert("at", doc! { "$lt": before(began, self.settled_after) });
        let done = doc! { "$unset": { "due": "" } };
        self.marks().update_many(these, done).await?;
        Ok(())
    }

    /// Keeps figures by service and over all.
    async fn keep_both(
        &self,
        tenant: &TenantId,
        by_service: &SeriesQuery,
        reading: &Reading,
        buckets: &[Bucket],
    ) -> Result<(), Failure> {
        let over_all = SeriesQuery {
            by_service: false,
            ..*by_service
        };
        let all: Vec<_> = buckets.iter().map(rows_over_all).collect();
        self.keep(tenant, &over_all, reading, &all).await?;
        let apart: Vec<_> = buckets.iter().cloned().map(Bucket::into_rows).collect();
        self.keep(tenant, by_service, reading, &apart).await
    }
}

fn rows_over_all(bucket: &Bucket) -> BucketRows {
    bucket.clone().over_all().into_rows()
}

/// What to read: the whole day, if it is over, and that day; else the hours alone.
fn spans(outdated: &OutdatedHours, settled: DateTime) -> Option<(Span, Option<Span>)> {
    let day = Span::covering(
        Length::Day,
        outdated.day,
        outdated.day + time::Duration::HOUR,
    );
    let day = day.ok()?;
    if Moment::from(day.to()).date <= settled {
        let hours = Span::covering(Length::Hour, day.from(), day.to()).ok()?;
        debug_assert_eq!(hours.count(), HOURS_OF_DAY);
        return Some((hours, Some(day)));
    }
    let (first, last) = (outdated.hours.iter().min()?, outdated.hours.iter().max()?);
    let hours = Span::covering(Length::Hour, *first, *last + time::Duration::HOUR);
    Some((hours.ok()?, None))
}

fn query(span: Span) -> SeriesQuery {
    SeriesQuery {
        span,
        by_service: true,
        most_rows: MOST_ROWS,
    }
}

/// The marks of these hours.
fn these(outdated: &OutdatedHours) -> Document {
    let hours = outdated.hours.iter();
    let keys: Vec<_> = hours
        .map(|hour| key(&outdated.tenant, &text(*hour)))
        .collect();
    doc! { "_id": { "$in": keys } }
}

fn before(moment: DateTime, age: Duration) -> DateTime {
    let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
    DateTime::from_millis(moment.timestamp_millis().saturating_sub(age))
}

fn read(mark: &Document) -> Result<(TenantId, OffsetDateTime, OffsetDateTime), Failure> {
    let tenant = mark.get_str("tenant").ok();
    let tenant = tenant.and_then(|tenant| TenantId::new(tenant).ok());
    let tenant = tenant.ok_or(Failure::Answer("tenant"))?;
    Ok((tenant, utc(mark, "day")?, utc(mark, "hour")?))
}
