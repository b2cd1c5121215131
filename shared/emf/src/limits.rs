//! What CloudWatch takes. From the specification of the format
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>)
//! and of what its metrics are made of
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html>,
//! [`API_Dimension.html`](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html)).

/// Metrics in one line.
pub const MAX_METRICS: usize = 100;

/// Values of one metric in one line.
pub const MAX_VALUES: usize = 100;

/// Dimensions of one metric.
pub const MAX_DIMENSIONS: usize = 30;

/// Longest name of a namespace, metric, dimension or property, in bytes.
pub const LONGEST_NAME: usize = 255;

/// Longest value of a dimension, in bytes.
pub const LONGEST_DIMENSION_VALUE: usize = 1_024;

/// Longest line, in bytes, without its line break. CloudWatch takes 1 MiB today and took 256 KiB
/// before, of which it counts 26 bytes itself; what reads logs along the way often still stops there.
pub const LONGEST_LINE: usize = 256 * 1_024 - 26;

/// Coarser dimension sets beside the full one. Ours: each of them is one more metric on the bill.
pub const MAX_ROLLUPS: usize = 4;

/// All properties together, in bytes of JSON. Ours: they are repeated on every line.
pub const PROPERTY_BYTES: usize = 64 * 1_024;

/// Greatest magnitude of a value.
pub(crate) const LARGEST_VALUE: f64 = 2.348_542_582_773_833_3e108; // 2^360

/// In JSON a quoted name or value takes at most twice its bytes, quotes and a comma or colon.
const fn quoted(bytes: usize) -> usize {
    2 * bytes + 3
}

// A line with everything else at its limit still has room for 100 values of one metric, so packing
// always gets on.
const _: () = {
    let members = MAX_DIMENSIONS * (quoted(LONGEST_NAME) + quoted(LONGEST_DIMENSION_VALUE));
    let sets = (1 + MAX_ROLLUPS) * (MAX_DIMENSIONS * quoted(LONGEST_NAME) + 3);
    let metric = 2 * quoted(LONGEST_NAME) + 64 + MAX_VALUES * 26;
    let frame = 128 + quoted(LONGEST_NAME);
    assert!(members + sets + PROPERTY_BYTES + metric + frame <= LONGEST_LINE);
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_value_is_that_of_the_specification() {
        assert_eq!(LARGEST_VALUE.to_bits(), 2.0_f64.powi(360).to_bits());
    }
}
