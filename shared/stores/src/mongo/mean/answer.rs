//! What the database says, and what of it holds.

use std::collections::BTreeMap;
use std::time::Duration;

use bson::{DateTime, Document};
use domain::aggregate::Bucket;
use time::OffsetDateTime;

use super::cover::Stretch;
use super::question::{OF, SUM, marks_of, rollups_of};
use crate::mongo::aggregate::counted;
use crate::mongo::failure::Failure;
use crate::mongo::moment::{Moment, utc};
use crate::mongo::series::{RollUp, rollup};

/// Requests, and the sum of their times in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Sum {
    count: u64,
    total: f64,
}

impl Sum {
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            total: self.total + other.total,
        }
    }

    /// Of one request at least.
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    pub(super) fn mean(self) -> Option<f64> {
        (self.count > 0).then(|| self.total / self.count as f64)
    }
}

/// The rows, by what they are.
#[derive(Default)]
pub(super) struct Answer {
    /// Of the stretches.
    pub(super) requests: Sum,
    hours: Found,
    days: Found,
}

/// What there is of buckets of one length, by their starts.
#[derive(Default)]
struct Found {
    rollups: BTreeMap<OffsetDateTime, RollUp>,
    touched: BTreeMap<OffsetDateTime, DateTime>,
}

impl Answer {
    /// Takes a row in.
    pub(super) fn take(&mut self, row: &Document) -> Result<(), Failure> {
        let of = row.get_str(OF).map_err(|_| Failure::Answer(OF))?;
        if of == SUM {
            self.requests = self.requests.plus(sum(row)?);
            return Ok(());
        }
        for (bucket, found) in [
            (Bucket::Hour, &mut self.hours),
            (Bucket::Day, &mut self.days),
        ] {
            if of == rollups_of(bucket) {
                let rollup = rollup(row)?;
                found.rollups.insert(rollup.start, rollup);
            } else if of == marks_of(bucket) {
                let (start, at) = mark(row)?;
                found.touched.insert(start, at);
            }
        }
        Ok(())
    }

    /// The requests of the stretches and of the buckets whose roll-ups hold; and the stretches of those
    /// whose do not, which are as few as can be, in the order of time within buckets of a length.
    pub(super) fn settle(
        self,
        settled_after: Duration,
        now: OffsetDateTime,
    ) -> (Sum, Vec<Stretch>) {
        let now = Moment::from(now).date;
        let mut sum = self.requests;
        let mut stale: Vec<Stretch> = vec![];
        for (bucket, found) in [(Bucket::Hour, self.hours), (Bucket::Day, self.days)] {
            for (start, touched) in found.touched {
                let kept_of = found.rollups.get(&start);
                let holding =
                    kept_of.filter(|rollup| rollup.holds(Some(touched), settled_after, now));
                if let Some(rollup) = holding {
                    sum = sum.plus(kept(rollup));
                    continue;
                }
                let end = Some(start.saturating_add(bucket.length()));
                match stale.last_mut() {
                    Some(before) if before.to == Some(start) => before.to = end,
                    _ => stale.push(Stretch {
                        from: Some(start),
                        to: end,
                    }),
                }
            }
        }
        (sum, stale)
    }
}

fn sum(row: &Document) -> Result<Sum, Failure> {
    Ok(Sum {
        count: counted(row, "count")?,
        total: row.get_f64("sum").map_err(|_| Failure::Answer("sum"))?,
    })
}

fn mark(row: &Document) -> Result<(OffsetDateTime, DateTime), Failure> {
    let at = row.get_datetime("at").map_err(|_| Failure::Answer("at"))?;
    Ok((utc(row, "start")?, *at))
}

/// The sum that a mean was made of, but for the last bits.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn kept(rollup: &RollUp) -> Sum {
    let rows = rollup.rows.iter().map(|row| Sum {
        count: row.figures.count,
        total: row.figures.mean * row.figures.count as f64,
    });
    rows.fold(Sum::default(), Sum::plus)
}
