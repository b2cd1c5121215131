//! What a task used, as HTTP shows it.

use domain::Usage;
use protocol::http::UsageBody;

/// The figures in the units that people reckon in.
pub fn body(usage: &Usage) -> UsageBody {
    UsageBody {
        lambda_ms: shown(usage.lambda_micros) / 1e3,
        lambda_gb_seconds: shown(usage.lambda_mb_micros) / (1_024.0 * 1e6),
        dynamodb_read_units: shown(usage.read_half_units) / 2.0,
        dynamodb_write_units: usage.write_units,
        sqs_requests: usage.sqs_requests,
        s3_requests: usage.s3_requests(),
        s3_put_requests: usage.s3_writes,
        s3_get_requests: usage.s3_reads,
        s3_bytes: usage.s3_bytes,
        websocket_messages: usage.websocket_messages,
        input_tokens: usage.input_tokens,
        output_tokens: usage.output_tokens,
        model_cost_usd: domain::Usd::from_nanos(usage.model_nanos).dollars(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody reads the 16th digit")]
fn shown(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn figures_are_shown_in_their_units() {
        let usage = Usage {
            read_half_units: 3,
            write_units: 9,
            sqs_requests: 4,
            s3_writes: 5,
            s3_reads: 2,
            s3_free: 1,
            s3_bytes: 123_456,
            websocket_messages: 7,
            input_tokens: 1_000,
            output_tokens: 200,
            model_nanos: 5_500_000,
            ..Usage::lambda(2_500_500, 512)
        };
        let expected = json!({
            "lambda_ms": 2_500.5, "lambda_gb_seconds": 1.250_25,
            "dynamodb_read_units": 1.5, "dynamodb_write_units": 9, "sqs_requests": 4,
            "s3_requests": 8, "s3_put_requests": 5, "s3_get_requests": 2, "s3_bytes": 123_456,
            "websocket_messages": 7, "input_tokens": 1_000, "output_tokens": 200,
            "model_cost_usd": 0.0055,
        });
        assert_eq!(serde_json::to_value(body(&usage)).unwrap(), expected);
    }
}
