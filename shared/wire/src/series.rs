//! Figures over time as HTTP bodies.

use domain::series::{Metric, Point};
use protocol::http::SeriesBody;
use serde_json::Number;

/// One line of a chart.
pub fn body(metric: Metric, group: Option<String>, points: &[Point]) -> SeriesBody {
    SeriesBody {
        metric: metric.name().into(),
        group,
        values: points.iter().map(|point| number(*point)).collect(),
    }
}

fn number(point: Point) -> Option<Number> {
    match point {
        Point::Count(count) => Some(count.into()),
        Point::Milliseconds(ms) => Number::from_f64(ms),
        Point::Nothing => None,
    }
}
