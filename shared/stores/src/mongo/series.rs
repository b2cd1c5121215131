//! Figures over time, from roll-ups where they hold, else from the requests themselves.
//!
//! A roll-up is what the requests gave for one bucket, kept with the moment when they were asked
//! for. It holds until an hour of its bucket is touched, see [`freshness`]. What has none that holds
//! is computed for many adjacent buckets at once, as the cost is by the requests and not by the
//! buckets; and kept piece by piece, so that who ran out of time goes on where it ended.
//! Minutes are never kept: 1,500 of them are a day's requests at most.

mod figures;
mod freshness;
mod pieces;
mod rollups;
mod touched;
mod upkeep;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use bson::{DateTime, doc};
use domain::TenantId;
use domain::aggregate::Bucket;
use domain::ports::{SeriesError, TimeSeries};
use domain::series::{SeriesQuery, SeriesRow};
use time::OffsetDateTime;
use tokio::time::timeout;

pub(super) use freshness::SETTLED_AFTER;
pub(super) use rollups::{RollUp, rollup, rollup_key};
pub(super) use touched::{start, text};

use self::figures::BucketRows;
use self::pieces::{Pieces, runs};
use super::Events;
use super::failure::Failure;

/// How long an answer may take: a page waits for it, and its function ends a few seconds later.
const SERIES: Duration = Duration::from_secs(22);

#[async_trait]
impl TimeSeries for Events {
    async fn rows(
        &self,
        tenant: &TenantId,
        query: &SeriesQuery,
    ) -> Result<Vec<SeriesRow>, SeriesError> {
        let rows = Gathered::up_to(query.most_rows);
        let read = timeout(SERIES, self.series(tenant, query, rows)).await;
        let read = read.map_err(|_| Failure::TooSlow(SERIES)).flatten();
        let rows = read.map_err(domain::ports::PortError::from)?;
        let most = query.most_rows;
        rows.whole().ok_or(SeriesError::TooManyRows { most })
    }
}

impl Events {
    async fn series(
        &self,
        tenant: &TenantId,
        query: &SeriesQuery,
        mut rows: Gathered,
    ) -> Result<Gathered, Failure> {
        let mut missing = vec![true; query.span.count()];
        let reading = match query.span.bucket() {
            Bucket::Minute => None,
            Bucket::Hour | Bucket::Day => {
                Some(self.held(tenant, query, &mut rows, &mut missing).await?)
            }
        };
        for run in runs(&missing) {
            let mut pieces = Pieces::of(query.span, run);
            while let Some(span) = pieces.next().filter(|_| !rows.is_too_much()) {
                let piece = SeriesQuery { span, ..*query };
                let buckets = match self.figures(tenant, &piece, rows.room()).await {
                    Err(Failure::TooMuch) if pieces.cut(span) => continue,
                    outcome => outcome?,
                };
                if let Some(reading) = reading.as_ref().filter(|_| rows.takes(&buckets)) {
                    self.keep(tenant, &piece, reading, &buckets).await?;
                }
                pieces.found(requests(&buckets));
                rows.extend(buckets.into_iter().flat_map(|bucket| bucket.rows));
            }
        }
        Ok(rows)
    }

    /// Adds the rows of the buckets that have roll-ups which hold; these are no longer missing.
    async fn held(
        &self,
        tenant: &TenantId,
        query: &SeriesQuery,
        rows: &mut Gathered,
        missing: &mut [bool],
    ) -> Result<Reading, Failure> {
        let (began, touched, kept) = tokio::try_join!(
            self.database_clock(),
            self.touched(tenant, query.span),
            self.rollups(tenant, query, rows.room()),
        )?;
        let reading = Reading {
            began,
            touched,
            settled_after: self.settled_after,
        };
        for rollup in kept {
            let touched = reading.touched.get(&rollup.start).copied();
            let holds = rollup.holds(touched, reading.settled_after, began);
            if let Some(place) = query.span.place(rollup.start).filter(|_| holds) {
                missing[place] = false;
                rows.extend(rollup.rows);
            }
        }
        Ok(reading)
    }

    /// The time by the clock that marks hours as touched. Read before the requests are.
    async fn database_clock(&self) -> Result<DateTime, Failure> {
        let answer = self.database.run_command(doc! { "hello": 1 }).await?;
        let time = answer.get_datetime("localTime");
        time.copied().map_err(|_| Failure::Answer("localTime"))
    }
}

/// What a reading knows of the time.
struct Reading {
    /// When it began, by the database's clock.
    began: DateTime,
    /// When the buckets that anybody has touched were last touched.
    touched: BTreeMap<OffsetDateTime, DateTime>,
    settled_after: Duration,
}

impl Reading {
    /// Whether figures of the bucket that starts then hold, computing which began at `began`.
    fn can_hold(&self, start: OffsetDateTime, began: DateTime) -> bool {
        let touched = self.touched.get(&start).copied();
        freshness::holds(began, touched, self.settled_after)
    }
}

fn requests(buckets: &[BucketRows]) -> u64 {
    let rows = buckets.iter().flat_map(|bucket| &bucket.rows);
    rows.map(|row| row.figures.count).sum()
}

/// Rows, up to one more than may be given.
struct Gathered {
    rows: Vec<SeriesRow>,
    most: usize,
}

impl Gathered {
    fn up_to(most: usize) -> Self {
        Self { rows: vec![], most }
    }

    /// How many rows more are worth reading: one too many tells as much as thousands.
    fn room(&self) -> usize {
        (self.most + 1).saturating_sub(self.rows.len())
    }

    fn is_too_much(&self) -> bool {
        self.rows.len() > self.most
    }

    /// Whether there is room for all of these, so that none may have been left out.
    fn takes(&self, buckets: &[BucketRows]) -> bool {
        let rows: usize = buckets.iter().map(|bucket| bucket.rows.len()).sum();
        rows < self.room()
    }

    fn extend(&mut self, rows: impl IntoIterator<Item = SeriesRow>) {
        let room = self.room();
        self.rows.extend(rows.into_iter().take(room));
    }

    fn whole(self) -> Option<Vec<SeriesRow>> {
        (!self.is_too_much()).then_some(self.rows)
    }
}
