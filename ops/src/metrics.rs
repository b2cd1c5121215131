//! Figures from CloudWatch.

use aws_call::{CallError, Caller, Service};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// A span of time.
pub type Span = (OffsetDateTime, OffsetDateTime);

/// One figure over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Such as `AWS/Lambda`.
    pub namespace: &'static str,
    /// Such as `Errors`.
    pub metric: &'static str,
    /// Of what.
    pub dimensions: Vec<(&'static str, String)>,
    /// Such as `Sum` or `p95`.
    pub stat: &'static str,
}

/// Asks for all of them in one call, at most 500; gives the values of each by periods of so many seconds, oldest
/// first. Where nothing was measured there is no value.
///
/// # Errors
///
/// CloudWatch does not answer, or refuses.
pub async fn figures(
    caller: &Caller,
    queries: &[Query],
    (from, to): Span,
    period: u32,
) -> Result<Vec<Vec<f64>>, CallError> {
    let queries: Vec<_> = queries
        .iter()
        .enumerate()
        .map(|(n, query)| described(n, query, period))
        .collect();
    let body = json!({
        "MetricDataQueries": queries,
        "StartTime": from.unix_timestamp(),
        "EndTime": to.unix_timestamp(),
        "ScanBy": "TimestampAscending",
    });
    let answer = caller
        .json(Service::CLOUDWATCH, "GetMetricData", &body)
        .await?;
    Ok((0..queries.len()).map(|n| values(&answer, n)).collect())
}

fn described(n: usize, query: &Query, period: u32) -> Value {
    let dimensions: Vec<_> = query
        .dimensions
        .iter()
        .map(|(name, value)| json!({"Name": name, "Value": value}))
        .collect();
    let metric =
        json!({"Namespace": query.namespace, "MetricName": query.metric, "Dimensions": dimensions});
    json!({"Id": id(n), "MetricStat": {"Metric": metric, "Period": period, "Stat": query.stat}})
}

/// CloudWatch's ids begin with a small letter.
fn id(n: usize) -> String {
    format!("q{n}")
}

fn values(answer: &Value, n: usize) -> Vec<f64> {
    let results = answer["MetricDataResults"].as_array();
    let mut results = results.into_iter().flatten();
    let result = results.find(|result| result["Id"] == id(n).as_str());
    let values = result.and_then(|result| result["Values"].as_array());
    values
        .into_iter()
        .flatten()
        .filter_map(Value::as_f64)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart_by_their_ids() {
        let query = Query {
            namespace: "AWS/Lambda",
            metric: "Errors",
            dimensions: vec![("FunctionName", "dev-api".into())],
            stat: "Sum",
        };
        let described = described(1, &query, 300);
        assert_eq!(described["Id"], "q1");
        assert_eq!(
            described["MetricStat"]["Metric"]["Dimensions"][0]["Value"],
            "dev-api"
        );
        let answer = json!({"MetricDataResults": [{"Id": "q1", "Values": [1.0, 2]}, {"Id": "q0", "Values": []}]});
        assert_eq!(values(&answer, 1), [1.0, 2.0]);
        assert_eq!(values(&answer, 0), Vec::<f64>::new());
        assert_eq!(values(&answer, 2), Vec::<f64>::new());
    }
}
