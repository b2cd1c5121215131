//! Reads figures over time, as lines of a chart.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use domain::TenantId;
use domain::ports::{SeriesError, TimeSeries};
use domain::series::{Figures, Metric, Point, SeriesQuery, SeriesRow, Span};

/// Most services that have lines of their own: those with the most requests in the range.
pub const MOST_GROUPS: usize = 20;

/// Most rows that are looked at: some 20 MB. Every service of every bucket is one.
const MOST_ROWS: usize = 100_000;

/// Reads figures over time.
#[derive(Clone)]
pub struct ReadSeries {
    /// Where they come from.
    pub series: Arc<dyn TimeSeries>,
}

/// What is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesRequest {
    /// The metrics, in the order of the answer.
    pub metrics: Vec<Metric>,
    /// Of which time.
    pub span: Span,
    /// For each service on its own.
    pub by_service: bool,
}

/// A line of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What it shows.
    pub metric: Metric,
    /// Of which service; of all where none.
    pub group: Option<String>,
    /// A point for each bucket.
    pub points: Vec<Point>,
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
#[error("the figures over time cannot be read")]
pub struct ReadSeriesError(#[from] pub SeriesError);

impl ReadSeries {
    /// The lines: by metric, then by service, the one with the most requests first.
    pub async fn run(
        &self,
        tenant: &TenantId,
        request: &SeriesRequest,
    ) -> Result<Vec<Series>, ReadSeriesError> {
        let query = SeriesQuery {
            span: request.span,
            by_service: request.by_service,
            most_rows: MOST_ROWS,
        };
        let groups = groups(self.series.rows(tenant, &query).await?, request);
        let lines = request.metrics.iter().flat_map(|metric| {
            let groups = groups.iter();
            groups.map(|(group, figures)| Series {
                metric: *metric,
                group: group.clone(),
                points: figures
                    .iter()
                    .map(|figures| match figures {
                        Some(figures) => metric.of(figures),
                        None => metric.of_nothing(),
                    })
                    .collect(),
            })
        });
        Ok(lines.collect())
    }
}

/// A group with its figures in each bucket.
type Group = (Option<String>, Vec<Option<Figures>>);

fn groups(rows: Vec<SeriesRow>, request: &SeriesRequest) -> Vec<Group> {
    let mut groups: BTreeMap<Option<String>, Vec<SeriesRow>> = BTreeMap::new();
    if !request.by_service {
        // It is there, whether or not anything happened.
        groups.insert(None, vec![]);
    }
    for row in rows {
        groups.entry(row.service.clone()).or_default().push(row);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    // Stable: equal ones stay in the order of their names.
    groups.sort_by_key(|(_, rows)| Reverse(rows.iter().map(|row| row.figures.count).sum::<u64>()));
    groups.truncate(MOST_GROUPS);
    let groups = groups.into_iter();
    groups
        .map(|(group, rows)| (group, spread(&rows, request.span)))
        .collect()
}

fn spread(rows: &[SeriesRow], span: Span) -> Vec<Option<Figures>> {
    let mut figures = vec![None; span.count()];
    for row in rows {
        if let Some(place) = span.place(row.start) {
            figures[place] = Some(row.figures);
        }
    }
    figures
}

#[cfg(test)]
mod tests;
