//! Made-up traffic whose figures are computed here, by other means than the product's.

use serde_json::{Value, json};

/// Response times of the made-up requests, in milliseconds.
pub(crate) fn response_time(n: usize) -> f64 {
    // A spread with ties, and with a long tail like real traffic has.
    let n = n as f64;
    ((n * 37.0) % 101.0) + if n % 50.0 == 0.0 { 900.0 } else { 0.25 }
}

/// `count` requests by five users to two services, a second apart.
pub(crate) fn requests(count: usize) -> Vec<Value> {
    (0..count)
        .map(|n| {
            json!({
                "id": format!("r-{n}"), "type": "request",
                "at": format!("2024-05-01T10:{:02}:{:02}.125Z", n / 60 % 60, n % 60),
                "service": service(n), "user": format!("user-{}", n % 5), "method": "GET",
                "path": format!("/items/{}", n % 3), "status": if n % 10 == 0 { 500 } else { 200 },
                "bytes": n, "response_time_ms": response_time(n),
            })
        })
        .collect()
}

/// The service that answers request `n`.
pub(crate) fn service(n: usize) -> &'static str {
    if n.is_multiple_of(3) { "cart" } else { "shop" }
}

/// The value at rank `ceil(p * n)` of the sorted values.
pub(crate) fn nearest_rank(values: &mut [f64], p: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (p * values.len() as f64).ceil() as usize;
    values[rank.max(1) - 1]
}

/// The arithmetic mean.
pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Whether two figures agree as far as sums in another order can.
#[track_caller]
pub(crate) fn assert_close(figure: &Value, expected: f64) {
    let figure = figure.as_f64().expect("a number");
    assert!(
        (figure - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        "{figure} != {expected}"
    );
}
