//! Figures over time, from roll-ups where they hold, else from the requests themselves.
//!
//! A roll-up is what the pipeline gave for one bucket, kept with the moment when it was asked. It
//! holds until an hour of its bucket is touched, see [`freshness`]. What has none that holds is
//! computed for many adjacent buckets at once, as a pipeline's cost is by the requests and not by
//! the groups; and kept piece by piece, so that who ran out of time goes on where it ended.
//! Minutes are never kept: a day of them is read as fast as 1,440 documents are.

mod figures;
mod freshness;
mod pieces;
mod rollups;
mod touched;

use std::time::Duration;

use async_trait::async_trait;
use bson::{DateTime, doc};
use domain::TenantId;
use domain::aggregate::Bucket;
use domain::ports::{SeriesError, TimeSeries};
use domain::series::{SeriesQuery, SeriesRow};
use tokio::time::timeout;

pub(super) use freshness::SETTLED_AFTER;

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
        if query.span.bucket() == Bucket::Minute {
            let buckets = self.figures(tenant, query, rows.room()).await?;
            rows.extend(buckets.into_iter().flat_map(|bucket| bucket.rows));
            return Ok(rows);
        }
        let (began, touched, kept) = tokio::try_join!(
            self.database_clock(),
            self.touched(tenant, query.span),
            self.rollups(tenant, query, rows.room()),
        )?;
        let settled = |start, computed| {
            freshness::holds(computed, touched.get(&start).copied(), self.settled_after)
        };
        let mut missing = vec![true; query.span.count()];
        for rollup in kept {
            let holds = settled(rollup.start, rollup.began) && rollup.is_in_time(began);
            if let Some(place) = query.span.place(rollup.start).filter(|_| holds) {
                missing[place] = false;
                rows.extend(rollup.rows);
            }
        }
        for run in runs(&missing) {
            let mut pieces = Pieces::of(query.span, run);
            while let Some(span) = pieces.next().filter(|_| !rows.is_too_much()) {
                let piece = SeriesQuery { span, ..*query };
                let buckets = self.figures(tenant, &piece, rows.room()).await?;
                let (found, whole) = (requests(&buckets), rows.takes(&buckets));
                if whole {
                    let hold = |start| settled(start, began);
                    self.keep(tenant, &piece, began, &buckets, hold).await?;
                }
                rows.extend(buckets.into_iter().flat_map(|bucket| bucket.rows));
                pieces.found(found);
            }
        }
        Ok(rows)
    }

    /// The time by the clock that marks hours as touched. Read before the requests are.
    async fn database_clock(&self) -> Result<DateTime, Failure> {
        let answer = self.database.run_command(doc! { "hello": 1 }).await?;
        let time = answer.get_datetime("localTime");
        time.copied().map_err(|_| Failure::Answer("localTime"))
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
