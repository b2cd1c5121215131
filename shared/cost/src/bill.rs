//! What usage costs.

use crate::{Picos, Prices, Usage, Usd};

/// Trillionths in a billionth.
const PICOS_PER_NANO: u128 = 1_000;

/// Megabyte-microseconds in a gigabyte-second.
const MB_MICROS_PER_GB_SECOND: u128 = 1_024 * 1_000_000;

impl Usage {
    /// What this costs at these prices, rounded up to a billionth of a dollar. Tokens cost what they
    /// were counted at, since each model has prices of its own; bytes between S3 and functions of
    /// its region cost nothing.
    pub fn cost(&self, prices: &Prices) -> Usd {
        let picos = [
            parts(
                self.lambda_mb_micros,
                prices.lambda_gb_second,
                MB_MICROS_PER_GB_SECOND,
            ),
            parts(self.read_half_units, prices.read_unit, 2),
            parts(self.write_units, prices.write_unit, 1),
            parts(self.sqs_requests, prices.sqs_request, 1),
            parts(self.s3_writes, prices.s3_write, 1),
            parts(self.s3_reads, prices.s3_read, 1),
            parts(self.websocket_messages, prices.websocket_message, 1),
        ];
        // Seven products of two 64-bit numbers fit: each price is far below 2^32.
        let nanos = picos.iter().sum::<u128>().div_ceil(PICOS_PER_NANO);
        let nanos = nanos.saturating_add(self.model_nanos.into());
        Usd::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// What so many parts cost where this many of them make a unit, in trillionths, rounded up.
fn parts(count: u64, price: Picos, per_unit: u128) -> u128 {
    (u128::from(count) * u128::from(price.0)).div_ceil(per_unit)
}
