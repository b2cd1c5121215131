#![doc = include_str!("../README.md")]

mod collected;
mod dimensions;
mod document;
mod limits;
mod metric;
mod metrics;
mod name;
mod pack;
mod properties;
mod rejected;
mod unit;

pub use dimensions::{DimensionError, Dimensions};
pub use limits::{
    LONGEST_DIMENSION_VALUE, LONGEST_LINE, LONGEST_NAME, MAX_DIMENSIONS, MAX_METRICS, MAX_ROLLUPS,
    MAX_VALUES, PROPERTY_BYTES,
};
pub use metric::Metric;
pub use metrics::{FlushError, Flushed, Metrics};
pub use name::NameError;
pub use properties::PropertyError;
pub use rejected::{Reason, Rejected};
pub use unit::Unit;
