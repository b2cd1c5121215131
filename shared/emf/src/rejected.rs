//! Values that cannot be written.

/// Values of one metric that cannot be written, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Which metric.
    pub metric: String,
    /// Why.
    pub reason: Reason,
    /// How many.
    pub values: u64,
}

/// Why a value cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Not a number, infinite, or greater than 2^360: CloudWatch takes none of these.
    NoNumber,
    /// A dimension has the metric's name, and a line has one member of a name.
    NameOfDimension,
}
